import { draftTrial, passwordOf, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { addAuthenticator, addPasskey, byHostName, createTestPerson, signInByForm } from './people'
import { deliveriesTo, interventionsOn, shortenWaits, underLongHold } from './quick-lab'

test.describe.configure({ mode: 'serial' })

test('a lead counter-signs an armed trial, and the engineer releases it', async ({ signedIn }) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-06')
  await draftTrial(page, 'B-06', 'The last of its version')
  await registerAndArm(page, 'FK10')
  const step = page.getByRole('region', { name: 'Release the command' })
  await expect(step.getByRole('button', { name: 'Release…' })).toBeDisabled()
  await expect(step.getByText(/waits for the counter-signature/).first()).toBeVisible()

  const other = await signedIn('lead')
  await other.goto('/trials?environment=simulated')
  const waiting = other.getByRole('region', { name: 'Waiting for your signature' })
  // A trial of the demo waits for a counter-signature too.
  const mine = waiting.getByRole('listitem').filter({ hasText: 'B-06' })
  await mine.getByRole('link').click()
  await other.getByRole('button', { name: 'Counter-sign…' }).click()
  const dialog = other.getByRole('dialog')
  await dialog.getByLabel('Your password').fill('not my password at all')
  await dialog.getByRole('button', { name: 'Counter-sign' }).click()
  await expect(dialog.getByText(/Nothing was done/)).toBeVisible()
  await expect(dialog.getByLabel('Your password')).toHaveValue('not my password at all')
  await dialog.getByLabel('Your password').fill(passwordOf('lead'))
  await dialog.getByRole('button', { name: 'Counter-sign' }).click()
  await expect(other.getByText('Two people release this: counter-signed')).toBeVisible()
  await expect(other.getByRole('button', { name: 'Release…' })).toBeDisabled()

  await expect(page.getByText('Two people release this: counter-signed')).toBeVisible()
  await release(page)
  const delivery = page.getByRole('region', { name: 'Delivery' })
  await expect(delivery.getByText(/The device answered/)).toBeVisible()
  const signatures = page.getByRole('region', { name: 'Signatures' })
  await expect(signatures.getByText('Lee Lead', { exact: true })).toBeVisible()
  await expect(signatures.getByText('Erin Engineer', { exact: true })).toBeVisible()
  await expect(signatures.getByText('valid', { exact: true })).toHaveCount(2)
  const [command] = await interventionsOn('B-06')
  expect((await deliveriesTo('B-06'))[command ?? '']).toBe(1)
})

test('a wrong password releases nothing and keeps the dialog open; a passkey releases', async ({
  browser,
  facts,
}) => {
  // It also creates a person and a passkey.
  test.slow()
  await shortenWaits()
  const person = await createTestPerson('engineer', 'Pascal Key')
  const context = await browser.newContext({ baseURL: byHostName(facts) })
  const page = await context.newPage()
  await addAuthenticator(page)
  await signInByForm(page, person)
  await expect(page).not.toHaveURL(/sign-in/)
  await queryDevice(page, 'B-07')
  await draftTrial(page, 'B-07', 'Download only 12.1')
  await registerAndArm(page, 'HFYW')
  await page.getByRole('button', { name: 'Release…' }).click()
  const dialog = page.getByRole('dialog')
  const passkey = dialog.getByRole('button', { name: 'Sign with a passkey' })
  await expect(passkey).toBeDisabled()
  await expect(dialog.getByText('You have no passkey here yet')).toBeVisible()
  await dialog.getByLabel('Your password').fill('not my password at all')
  await dialog.getByRole('button', { name: 'Release, then hold' }).click()
  await expect(dialog.getByText(/Nothing was done/)).toBeVisible()
  expect(await interventionsOn('B-07')).toEqual([])

  const trial = page.url()
  await addPasskey(page, person)
  await page.goto(trial)
  await underLongHold(async () => {
    await page.getByRole('button', { name: 'Release…' }).click()
    await passkey.click()
    await expect(
      page.getByRole('heading', { name: /^Command 1(?: is held|: hold over)$/ }),
    ).toBeVisible()
  })
  const signatures = page.getByRole('region', { name: 'Signatures' })
  await expect(signatures.getByText(/by passkey/)).toBeVisible()
  await expect(signatures.getByText('valid', { exact: true })).toBeVisible()
  await context.close()
})
