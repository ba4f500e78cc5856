import { draftTrial, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { deliveriesTo, interventionsOn, shortenWaits, underLongHold } from './quick-lab'

// Each has a device of its own.
test.describe.configure({ mode: 'parallel' })

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
  await queryDevice(page, 'B-08')
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
  await queryDevice(page, 'B-12')
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
