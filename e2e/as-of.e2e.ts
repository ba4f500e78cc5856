import type { Page } from '@playwright/test'
import { draftTrial } from './bench'
import { expect, test } from './lab'
import { addProtocol } from './quick-lab'

const band = (page: Page) => page.getByRole('note', { name: 'History' })

/** The alert that a lead has reserved the device. */
const reserved = (page: Page) =>
  page.getByRole('alert').filter({ hasText: 'kept for the fix of 12.2' })

async function showAt(page: Page, instant: string): Promise<void> {
  await page.getByLabel('Instant, in UTC').fill(instant)
  await page.getByRole('button', { name: 'Show that moment' }).click()
}

test('history shows a device before its reservation, without buttons', async ({ signedIn }) => {
  const page = await signedIn('lead')
  await page.goto('/devices?environment=simulated')
  await page.getByRole('row', { name: 'B-10' }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Reserve…' }).click()
  await page.getByRole('dialog').getByLabel('Kept for').fill('kept for the fix of 12.2')
  const end = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await page.getByRole('dialog').getByLabel('Until the end of (UTC)').fill(end)
  await page.getByRole('dialog').getByRole('button', { name: 'Reserve', exact: true }).click()
  await expect(reserved(page)).toBeVisible()

  await page.getByRole('link', { name: 'List its changes' }).click()
  await expect(band(page)).toContainText(/History: \d{4}-\d\d-\d\d .* UTC\. Nothing can be changed/)
  await expect(reserved(page)).toBeVisible()
  // An answer of the device counts as a change too, so filter for the lead's.
  const changes = page.getByRole('list', { name: 'Changes to go to' }).getByRole('listitem')
  const change = changes.filter({ hasText: 'by Lee Lead' }).first().getByRole('link')
  const address = (await change.getAttribute('href')) ?? ''
  await change.click()
  // Both views show the reservation, so only the URL tells them apart.
  await expect(page).toHaveURL(address)
  await expect(reserved(page)).toBeVisible()
  await band(page).getByRole('link', { name: 'Previous change' }).click()
  await expect(reserved(page)).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Readings' })).toBeVisible()
  for (const name of ['Query device', 'Enter readings', 'More actions', 'Edit'])
    await expect(page.getByRole('button', { name })).toHaveCount(0)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.reload()
  await expect(band(page)).toBeVisible()
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(390)
  await band(page).getByRole('link', { name: 'Back to now' }).click()
  await expect(reserved(page)).toBeVisible()
  await expect(band(page)).toHaveCount(0)
})

test('history shows a trial at its draft and not before; a bad instant gets an error', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await addProtocol('Download only 11.2', '11.2')
  await draftTrial(page, 'O-3', 'Download only 11.2')
  const here = new URL(page.url()).pathname
  const title = await page.getByRole('heading', { level: 1 }).textContent()
  await page.getByRole('button', { name: 'Register and seal' }).click()
  const arm = page.getByRole('button', { name: 'Arm', exact: true })
  await expect(arm).toBeVisible()
  await expect(page.getByText(/^Sealed by/)).toBeVisible()

  await page.getByRole('link', { name: 'List its changes' }).click()
  await expect(page.getByText(/^Sealed by/)).toBeVisible()
  await expect(arm).toHaveCount(0)
  await page.getByRole('list', { name: 'Changes to go to' }).getByRole('link').last().click()
  await expect(page.getByText('Not sealed yet.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Register and seal' })).toHaveCount(0)
  // The device link keeps the instant.
  await page.getByRole('link', { name: 'O-3' }).click()
  await expect(band(page)).toBeVisible()

  await page.goto(here)
  await showAt(page, '2020-02-02T09:30')
  await expect(page.getByText(`${title} did not exist yet at 2020-02-02 09:30`)).toBeVisible()
  await page.goto(`${here}?asOf=yesterday`)
  await expect(page.getByText(/This is not a date and time in UTC/)).toBeVisible()
  await page.goto(`${here}?asOf=2999-01-01T00:00Z`)
  await expect(page.getByText(/is in the future/)).toBeVisible()
})
