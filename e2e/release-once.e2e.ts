import { draftTrial, passwordOf, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import {
  deliveriesTo,
  interventionsOn,
  shortenWaits,
  stallTrialPages,
  underLongHold,
} from './quick-lab'

// Each has a device of its own.
test.describe.configure({ mode: 'parallel' })

test('a double click and a second tab release one command; the second tab says who released it', async ({
  signedIn,
}) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-03')
  await draftTrial(page, 'B-03', 'Download only 12.1')
  await registerAndArm(page, 'H2XJ')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByRole('button', { name: 'Release…' }).click()

  await page.getByRole('button', { name: 'Release…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your password').fill(passwordOf('engineer'))
  const button = dialog.getByRole('button', { name: 'Release, then hold' })
  let endStall = async () => {}
  // Pages and readings that the stall holds up may hold up the release as well, which is refused after a while. Then one
  // presses again, as the refusal says.
  await expect(async () => {
    await endStall()
    endStall = await stallTrialPages()
    const answered = page.waitForResponse((response) => response.request().method() === 'POST')
    await button.dblclick()
    await answered
    await expect.poll(() => interventionsOn('B-03'), { timeout: 60_000 }).toHaveLength(1)
  }).toPass({ timeout: 400_000 })
  // Released, but the page does not show it yet: nothing on the old page can be pressed.
  await page.keyboard.press('Escape')
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeDisabled()
  await expect(button).toBeDisabled()
  await endStall()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('button', { name: 'Release…' })).toBeHidden()
  // On a busy machine the short hold of the tests may be over before the page is back.
  await expect(page.getByText(/^Released: command 1 is held until/)).toBeVisible()

  // The second tab may have refreshed and lost the button. Either way it says who released the command.
  const late = other.getByRole('dialog').getByRole('button', { name: 'Release, then hold' })
  await other
    .getByRole('dialog')
    .getByLabel('Your password')
    .fill(passwordOf('engineer'), { timeout: 3_000 })
    .catch(() => undefined)
  await late.click({ timeout: 3_000 }).catch(() => undefined)
  const reported = /Erin Engineer released it|(released|held until .+) by Erin Engineer/
  await expect(other.getByText(reported).first()).toBeVisible()

  const delivery = page.getByRole('region', { name: 'Delivery' })
  await expect(delivery.getByText(/The device answered/)).toBeVisible()
  const commands = await interventionsOn('B-03')
  expect(commands).toHaveLength(1)
  const deliveries = await deliveriesTo('B-03')
  expect(commands.map((uuid) => deliveries[uuid])).toEqual([1])
})

test('a release is cancelled during the hold, and nothing is sent', async ({ signedIn }) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-09')
  await draftTrial(page, 'B-09', 'Download only 12.1')
  await registerAndArm(page, 'JCM5')
  await underLongHold(() => release(page))
  await page.getByRole('button', { name: 'Cancel the release' }).click()
  await expect(page.getByRole('button', { name: 'Arm', exact: true })).toBeVisible()
  const [command] = await interventionsOn('B-09')
  expect((await deliveriesTo('B-09'))[command ?? '']).toBeUndefined()
})

test('B-08 does not qualify: no release, and the page says why', async ({ signedIn }) => {
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-08', 'Supervised')
  await draftTrial(page, 'B-08', 'Download only 12.1')
  await registerAndArm(page, 'JCLJ')
  const step = page.getByRole('region', { name: 'Release the command' })
  await expect(step.getByRole('button', { name: 'Release…' })).toBeDisabled()
  await expect(step.getByText('The device does not qualify')).toBeVisible()
  await expect(step.getByText(/not supervised/i).first()).toBeVisible()
  expect(await interventionsOn('B-08')).toEqual([])
})

test('B-12 is offered another version: the trial is refused at its draft, and nothing typed is lost', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-12', 'Updates offered')
  await page.goto('/trials/new?environment=simulated')
  await page.getByRole('combobox', { name: 'Device' }).click()
  await page.getByRole('option', { name: /B-12/ }).click()
  await page.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: /Download only 12\.1/ }).click()
  await page.getByLabel('What you expect').fill('It downloads.')
  await page.getByRole('button', { name: 'Draft the trial' }).click()
  await expect(page.getByText(/the device is offered 18\.6, as it said at/)).toBeVisible()
  await expect(page.getByLabel('What you expect')).toHaveValue('It downloads.')
  expect(await interventionsOn('B-12')).toEqual([])
})
