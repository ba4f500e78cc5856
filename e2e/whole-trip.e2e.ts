import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { askDevice, draftTrial, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { deliveriesTo, hurry, interventionsOn } from './quick-lab'

test.describe.configure({ mode: 'serial', timeout: 180_000 })

const protocol = 'Download, then install 12.1'
let trialName = ''

test('an engineer takes a device through the whole trip, each command sent once', async ({
  signedIn,
}) => {
  await hurry()
  const page = await signedIn('engineer')
  await askDevice(page, 'B-01')
  await draftTrial(page, 'B-01', protocol)
  trialName = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  await registerAndArm(page, 'HFLR')
  await release(page)

  const delivery = page.getByRole('region', { name: 'Delivery' })
  await expect(delivery.getByText(/The device answered Acknowledged/)).toBeVisible({
    timeout: 60_000,
  })
  const second = page.getByRole('region', { name: 'Release command 2 of 2' })
  await expect(second.getByRole('button', { name: 'Release…' })).toBeEnabled({ timeout: 60_000 })
  await release(page)
  await expect(delivery.getByText(/The device answered Acknowledged/)).toHaveCount(2, {
    timeout: 60_000,
  })

  await page.getByRole('button', { name: 'Progress bar' }).click()
  await page.getByRole('button', { name: 'Log it' }).click()
  const timeline = page.getByRole('list', { name: 'Timeline' })
  await expect(timeline.getByText('Seen: Progress bar')).toBeVisible()

  const outcome = page.getByRole('region', { name: 'Outcome' })
  await expect(outcome.getByText(/12\.1 \(16B92\)/).first()).toBeVisible({ timeout: 90_000 })
  await expect(outcome.getByText('Proposed: Installed as expected')).toBeVisible()
  await outcome.getByRole('button', { name: 'Conclude as proposed' }).click()
  await expect(outcome.getByText(/decided by/)).toBeVisible()

  const commands = await interventionsOn('B-01')
  const deliveries = await deliveriesTo('B-01')
  expect(commands.map((uuid) => deliveries[uuid])).toEqual([1, 1])
})

test('a lead sees the trial in the chart and exports it as CSV, marked SIMULATED', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/outcomes')
  await expect(page.getByText('This lab has no real trials yet')).toBeVisible()
  const row = page.getByRole('row', { name: /^10\.3\.3/ })
  await expect(row.getByText(/1 ×\s+Installed as expected/)).toBeVisible()
  await expect(row.getByText(/n < 3/)).toBeVisible()

  await page.goto('/trials?world=simulated')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'trials (CSV)' }).click()
  const file = await download
  expect(file.suggestedFilename()).toContain('SIMULATED')
  const text = await readFile(await file.path(), 'utf8')
  // Each row is an object of its columns, which is what `columns: true` gives.
  const rows = parse(text, { columns: true }) as Record<string, string>[]
  const mine = rows.find(({ trial_id }) => trial_id === trialName)
  expect(mine).toMatchObject({
    lab_tag: 'B-01',
    start_os: '10.3.3',
    start_build: '14G60',
    end_os: '12.1',
    end_build: '16B92',
    outcome: 'installedAsExpected',
    slots_sent: '2',
    world: 'SIMULATED',
  })
})
