import type { Page } from '@playwright/test'
import { draftTrial, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { addProtocol, answerFor, enterBattery, shortenWaits, virtualDevice } from './quick-lab'

// Each has a device of its own.
test.describe.configure({ mode: 'parallel' })

const cardOf = (page: Page, labTag: string) =>
  page.getByRole('region', { name: new RegExp(`^${labTag} `) })

async function press(page: Page, labTag: string, button: string): Promise<void> {
  await page.goto('/lab')
  await cardOf(page, labTag).getByRole('button', { name: button }).click()
}

test('a fault of a virtual device changes its answers while it is on', async ({ signedIn }) => {
  const page = await signedIn('engineer')
  await page.goto('/lab')
  const card = cardOf(page, 'B-10')
  await card.getByText('Faults', { exact: true }).click()
  await card.getByRole('checkbox', { name: 'Low power' }).click()
  await expect(card.getByText('Faults on: Low power')).toBeVisible()
  await queryDevice(page, 'B-10')
  const battery = page.getByRole('row', { name: /^Battery/ })
  await expect(battery).toContainText('5 %')
  const device = page.url()

  const viewer = await signedIn('viewer')
  await viewer.goto('/lab')
  const seen = cardOf(viewer, 'B-10')
  await seen.getByText('Faults on: Low power').click()
  await expect(seen.getByRole('checkbox', { name: 'Low power' })).toBeDisabled()

  await page.goto('/lab')
  await card.getByText('Faults on: Low power').click()
  await card.getByRole('checkbox', { name: 'Low power' }).click()
  await expect(card.getByText('Faults', { exact: true })).toBeVisible()
  await page.goto(device)
  await page.getByRole('button', { name: 'Query device' }).click()
  await expect(battery).toContainText('90 %')
})

test('an update outside a trial ends the trial, and a lead acknowledges the loss', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-11')
  const device = page.url()
  await addProtocol('Download only 26.6.1', '26.6.1')
  await draftTrial(page, 'B-11', 'Download only 26.6.1')
  await page.getByRole('button', { name: 'Register and seal' }).click()
  await expect(page.getByRole('button', { name: 'Arm', exact: true })).toBeVisible()
  const trial = page.url()

  await press(page, 'B-11', 'Go offline')
  await expect(cardOf(page, 'B-11').getByRole('button', { name: 'Go online' })).toBeVisible()
  await page.goto(device)
  await page.getByRole('button', { name: 'Query device' }).click()
  await answerFor('B-11', 'DeviceInformation', {
    status: 'Acknowledged',
    keys: { QueryResponses: { OSVersion: '26.6.1', BuildVersion: '23G83' } },
  })
  const words =
    /Updated outside a trial: 26\.5 \(23F77\) before, then found on 26\.6\.1 \(23G83\); no released command/
  const losses = page.getByRole('region', { name: 'Updated outside a trial' })
  await expect(losses.getByText(words)).toBeVisible()
  await expect(losses.getByText('not acknowledged by a lead yet')).toBeVisible()
  await page.goto(trial)
  await expect(page.getByText(/Reason: the OS changed outside the trial/)).toBeVisible()
  await expect(page.getByRole('list', { name: 'Timeline' }).getByText(words)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Arm', exact: true })).toHaveCount(0)

  const lead = await signedIn('lead')
  await lead.goto('/devices?environment=simulated')
  const reported = lead.getByRole('alert').filter({ hasText: 'updated outside a trial' })
  await expect(reported.getByText(words)).toBeVisible()
  await reported.getByRole('button', { name: 'Acknowledge the loss of B-11' }).click()
  await expect(reported.getByText(words)).toHaveCount(0)
  await page.goto(device)
  await expect(losses.getByText(/acknowledged by Lee Lead/)).toBeVisible()
})

test('a new error code raises a banner on its trial, and a note on it shows its author', async ({
  signedIn,
}) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-02')
  await draftTrial(page, 'B-02', 'Low battery')
  const trial = page.url()
  await registerAndArm(page, 'HG7F')
  await enterBattery('B-02', 0.15)
  await press(page, 'B-02', 'Go offline')
  await expect.poll(async () => (await virtualDevice('B-02')).online).toBe(false)
  await page.goto(trial)
  await release(page)
  await expect(page.getByRole('region', { name: 'Delivery' })).toBeVisible()
  // A query is refused while a command is open; the refusal must not move the bench buttons.
  const place = () =>
    page
      .getByRole('button', { name: 'Screen dark' })
      .evaluate((button) => button.getBoundingClientRect().top + scrollY)
  const before = await place()
  const query = page.getByRole('button', { name: 'Query device' })
  await query.click()
  const refused = page.getByRole('alert').filter({ hasText: 'Not queried' })
  await expect(refused).toBeVisible()
  expect(await place(), 'CSS pixels from the top').toBe(before)
  await page.getByRole('heading', { level: 1 }).click()
  await expect(refused).toBeHidden()
  const chain = {
    ErrorCode: 98_765,
    ErrorDomain: 'MCMDMErrorDomain',
    LocalizedDescription: 'The update daemon is out to lunch.',
  }
  await answerFor('B-02', 'ScheduleOSUpdate', { status: 'Error', keys: { ErrorChain: [chain] } })
  const banner = page
    .getByRole('status')
    .filter({ hasText: 'An error code that no device of this lab had reported before' })
  await expect(banner.getByText(/MCMDMErrorDomain 98765/)).toBeVisible()
  await expect(banner.getByText(/out to lunch/)).toBeVisible()

  await banner.getByRole('link', { name: 'Write down what you learn about it' }).click()
  const received = page.getByRole('region', { name: 'Reported error codes' })
  const row = received.getByRole('row').filter({ hasText: '98765' })
  await expect(row).toContainText('in no table: new to this lab')
  await row.getByRole('button', { name: 'Add a note on MCMDMErrorDomain 98765' }).click()
  const form = page.getByRole('dialog')
  const text = 'Gone after a restart of the device.'
  await form.getByLabel('What this lab knows about it').fill(text)
  await form.getByRole('button', { name: 'Save the note' }).click()
  await expect(form).toBeHidden()
  await expect(
    row.getByText(new RegExp(`${text.replace('.', '\\.')}.*Erin Engineer`)),
  ).toBeVisible()
  await expect(row.getByRole('time')).toBeVisible()
  await page.goto(trial)
  await expect(banner.getByText(text)).toBeVisible()
})
