import { unzipSync, zipSync } from 'fflate'
import { expect, test } from './lab'
import { downloadOf, verifyFile } from './trip-steps'

test('the report of a trial is read, printed on paper without its buttons, and taken as PDF and JSON', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/trials?environment=simulated&version=11.3&state=concluded&text=Origin')
  await page
    .getByRole('table')
    .getByRole('link', { name: /^T-\d+/ })
    .first()
    .click()
  await page.getByRole('link', { name: 'Report of this trial' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^Report of T-\d+$/ })).toBeVisible()
  await expect(page.getByText(/^SIMULATED: this trial is/)).toBeVisible()
  const compared = page.getByRole('table', { name: 'Expected and seen' })
  await expect(compared.getByRole('row', { name: /^Predicted outcome/ })).toContainText(
    'the prediction came true',
  )
  await expect(page.getByRole('region', { name: 'Replies and contradictions' })).toContainText(
    'type differs',
  )

  const json = JSON.parse(
    (await downloadOf(page, page.getByRole('link', { name: 'Download as JSON' }))).toString(),
  )
  expect(json).toMatchObject({ format: 'oneway-trial-report', trial: { concluded: true } })
  const pdf = await downloadOf(page, page.getByRole('link', { name: 'Download as PDF' }))
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')

  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('link', { name: 'Download as PDF' })).toBeHidden()
  await expect(compared).toBeVisible()
})

test('a lead freezes a selection; the file is recognised, and one altered byte is named', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  // Other specs run trials from this version on bench devices.
  await page.goto('/trials?environment=simulated&version=11.3&text=Origin')
  await page.getByRole('link', { name: 'Freeze these trials as a report' }).click()
  await expect(page.getByText(/^2 trials in this selection/)).toBeVisible()
  await page.getByRole('button', { name: 'Freeze' }).click()
  await expect(page.getByText('give it a title')).toBeVisible()
  await page.getByLabel('Title').fill('The bug of 11.3')
  await page.getByRole('button', { name: 'Freeze' }).click()
  const row = page.getByRole('row', { name: /The bug of 11\.3/ })
  await expect(row).toBeVisible()
  const zip = await downloadOf(page, row.getByRole('link', { name: /^Download F-/ }))

  await verifyFile(page, 'report.zip', zip)
  await expect(page.getByRole('status').filter({ hasText: 'Unaltered' })).toContainText(
    'The bug of 11.3',
  )
  const files = unzipSync(zip)
  const table = files['trials.csv']?.slice() ?? new Uint8Array()
  table[100] = (table[100] ?? 0) ^ 1
  await verifyFile(page, 'report.zip', Buffer.from(zipSync({ ...files, 'trials.csv': table })))
  await expect(page.getByRole('alert').filter({ hasText: 'Altered' })).toContainText('trials.csv')
  await verifyFile(page, 'note.txt', Buffer.from('something else'))
  await expect(page.getByRole('alert').filter({ hasText: 'Not known here' })).toBeVisible()
})

test('a viewer reads reports and verifies files, and takes none', async ({ signedIn }) => {
  const page = await signedIn('viewer')
  await page.goto('/reports')
  await expect(page.getByRole('button', { name: 'Verify' })).toBeVisible()
  await expect(page.getByRole('link', { name: /^Download F-/ })).toHaveCount(0)
  await page.goto('/trials?environment=simulated')
  await expect(page.getByRole('link', { name: /Freeze these trials/ })).toHaveCount(0)
})
