import {
  fileOfAnotherLab,
  rowLike,
  usualRow,
} from '@/lib/core/record/lab-report/lab-report.testing'
import type { LabTrial } from '@/lib/domain/report/lab-report'
import { expect, test } from './lab'
import { chooseZip, verifyFile } from './trip-steps'

test('a lead chooses what other labs may have, reads it, and the file is that and is verified', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/trials?environment=simulated&version=11.4&state=concluded&text=Origin')
  await page.getByRole('link', { name: 'Choose what other labs may have of these trials' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Report for other labs' })).toBeVisible()
  const boxes = page.getByRole('checkbox', { name: /^T-\d+$/ })
  const all = await boxes.count()
  expect(all).toBeGreaterThan(1)
  await boxes.first().uncheck()
  const make = page.getByRole('button', { name: 'Make the file' })
  await expect(make).toBeDisabled()
  await page.getByRole('button', { name: 'Show with the chosen trials' }).click()
  const leaves = page.getByRole('region', { name: 'trials.json' })
  await expect(leaves).toBeVisible()
  const shown: LabTrial[] = JSON.parse((await leaves.textContent()) ?? '')
  expect(shown).toHaveLength(all - 1)
  expect(shown[0]).toMatchObject({ startOs: '11.4', platform: 'iOS' })

  await page.getByLabel('Name of this lab').fill('The browser lab')
  await page.getByLabel('For whom or what').fill('The lab next door')
  await make.click()
  const link = page.getByRole('link', { name: /^Download F-\d+ as ZIP$/ })
  const address = (await link.getAttribute('href')) ?? ''
  const file = await page.request.get(address)
  expect(file.headers()['content-disposition']).toContain('SIMULATED-for-other-labs.zip')

  await page.goto('/reports')
  await expect(page.getByRole('row', { name: /The lab next door/ })).toContainText(
    'For other labs: T-',
  )
  const buffer = await file.body()
  await verifyFile(page, 'x.zip', buffer)
  await expect(page.getByText('Unaltered')).toBeVisible()
})

// Of the real environment, so that the pages of the other tests stay as they are.
test('a report of another lab is read, imported once, shown apart and withdrawn', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/reports')
  await page.getByRole('link', { name: 'Reports of other labs' }).click()
  const form = page.getByRole('region', { name: 'Import a report' })
  const take = (of: Parameters<typeof fileOfAnotherLab>[0]) =>
    chooseZip(form, 'lab.zip', Buffer.from(fileOfAnotherLab(of)))
  const read = page.getByRole('button', { name: 'Read it' })
  const refused = {
    end: 'unchanged',
    endOs: '11.4',
    endBuild: '15F79',
    outcome: 'refused',
  } as const
  const trials = [rowLike(usualRow, 'a', refused), rowLike(usualRow, 'b', refused)]
  const of = { lab: 'e2e', name: 'Lab of the browser', environment: 'real', trials } as const
  await take({ ...of, forge: (manifest) => ({ ...manifest, version: 2 }) })
  await read.click()
  const refusal = page.getByText(/manifest\.json: version: /)
  await expect(refusal).toBeVisible()
  await take(of)
  await expect(refusal).toBeHidden()
  await read.click()
  await expect(page.getByText('of which nothing is here yet')).toBeVisible()
  await page.getByLabel('Name of that lab here').fill('The lab upstairs')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const report = page.getByRole('row', { name: /The lab upstairs/ })
  await expect(report).toContainText('F-1')

  await page.goto('/outcomes?environment=real')
  const apart = page.getByRole('region', { name: 'Other labs' })
  await expect(apart.getByRole('row', { name: /11\.4/ })).toContainText('2 × Refused by the device')
  await page.goto('/contradictions?environment=real')
  const seen = page.getByRole('region', { name: 'Seen by other labs only' })
  await expect(seen).toContainText('in 2 trials, by 1 other lab (The lab upstairs), on 11.4')

  await page.goto('/reports/other-labs')
  await page.setViewportSize({ width: 375, height: 700 })
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(375)
  await report.getByRole('button', { name: /^Withdraw/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('it was for the test')
  await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click()
  await expect(report).toContainText('it was for the test')
  await page.goto('/outcomes?environment=real')
  await expect(apart).toBeHidden()
})
