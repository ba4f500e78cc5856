import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { expect, test } from './lab'

// The demo's trials on 26.5: four by two commands, of which one was refused; four by a declaration, of which two lacked something.
const address = 'environment=simulated&version=26.5'

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

async function compareMechanisms(page: Page): Promise<void> {
  await choose(page, 'Compare by', 'Mechanism')
  await choose(page, 'First group', 'Command')
  await choose(page, 'Second group', 'Declaration')
  await page.waitForURL(/first=command&second=declaration/)
}

/** The rows of the file behind a link, by the names of its columns. */
async function rowsOf(page: Page, link: Locator): Promise<Record<string, string>[]> {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  const text = readFileSync(await file.path(), 'utf8')
  return parse(text, { columns: true, bom: true }) as Record<string, string>[] // Columns by name.
}

test('a lead compares commands with declarations: rates, Fisher’s test, curves and the files', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto(`/outcomes?${address}`)
  await choose(page, 'Rows by', 'Mechanism')
  await page.waitForURL(/rows=mechanism/)
  await expect(page.getByRole('heading', { level: 1, name: 'Outcomes by mechanism' })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Command/ }).first()).toContainText('3 of 4')
  await expect(page.getByRole('row', { name: /^Declaration/ }).first()).toContainText('2 of 4')

  await compareMechanisms(page)
  const groups = page.getByRole('region', { name: 'Two groups: Installed' })
  // Wilson's and Clopper and Pearson's intervals of 3 and 2 of 4, and Fisher's test: as R gives them.
  await expect(groups.getByRole('row', { name: /^Command/ })).toContainText(
    /0\.75 \[0\.30, 0\.95\].*\[0\.19, 0\.99\]/,
  )
  await expect(groups.getByRole('row', { name: /^Declaration/ })).toContainText(
    /0\.50 \[0\.15, 0\.85\].*\[0\.07, 0\.93\]/,
  )
  await expect(groups.getByText(/^Fisher’s exact test, two-sided: p = 1\.0000\./)).toBeVisible()
  for (const name of ['Command', 'Declaration']) {
    const rows = await rowsOf(page, groups.getByRole('link', { name: `${name} (CSV)` }))
    const mechanism = name.toLowerCase()
    expect(rows.map((row) => [row.mechanism, row.start_os])).toEqual(
      Array(4).fill([mechanism, '26.5']),
    )
  }

  await page.getByRole('link', { name: 'Time to event' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Time to event' })).toBeVisible()
  await compareMechanisms(page)
  await expect(page.getByRole('region', { name: 'Time from send to another OS' })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Command/ }).first()).toContainText(/\d+ min \[/)
  // The one that waits for the night counts until now. In a long run its night comes, and with it a median.
  await expect(page.getByRole('row', { name: /^Declaration/ }).first()).toContainText(
    /not reached|\d+ min \[/,
  )
  await expect(page.getByText(/^Log-rank test, one degree of freedom: χ² = /)).toBeVisible()
  const steps = await rowsOf(page, page.getByRole('link', { name: 'steps of the curves (CSV)' }))
  expect(new Set(steps.map(({ group }) => group))).toEqual(new Set(['command', 'declaration']))
})
