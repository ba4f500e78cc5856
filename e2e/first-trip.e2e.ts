import { passwordOf } from './bench'
import { expect, test } from './lab'

test('the device list fits a laptop, says SIMULATED once, and why a device does not qualify', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto('/devices?environment=simulated')
  const row = page.getByRole('row', { name: /B-08/ })
  await expect(row.getByText('Not supervised', { exact: true })).toBeVisible()
  await expect(page.getByText(/SIMULATED/)).toHaveCount(1)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width, 'CSS pixels').toBeLessThanOrEqual(1280)
})

test('a device page fits a phone 375 px wide', async ({ signedIn }) => {
  const page = await signedIn('engineer')
  await page.setViewportSize({ width: 375, height: 667 })
  await page.goto('/devices?environment=simulated')
  await page.getByRole('link', { name: 'Bench iPhone X, unsupervised' }).click()
  await page.getByRole('button', { name: 'Query device' }).click()
  const readings = page.getByRole('region', { name: 'Readings' })
  await expect(readings.getByText('simulated, queried by Erin Engineer').first()).toBeVisible()
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width, 'CSS pixels').toBeLessThanOrEqual(375)
})

test('on a phone the choices of a list wait behind one button, and none narrows it unseen', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.setViewportSize({ width: 390, height: 844 })
  for (const [path, choice] of [
    ['/devices', 'Verdict'],
    ['/trials', 'Outcome'],
    ['/releases', 'System'],
  ] as const) {
    await page.goto(`${path}?environment=simulated`)
    const field = page.getByRole('combobox', { name: choice })
    await expect(page.getByRole('button', { name: 'Filters', exact: true })).toBeEnabled()
    await expect(field).toBeHidden()
    await page.getByRole('button', { name: 'Filters', exact: true }).click()
    await expect(field).toBeVisible()
  }
  await page.goto('/trials?environment=simulated&platform=iOS')
  await expect(page.getByRole('combobox', { name: 'Platform' })).toBeVisible()
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto('/devices?environment=simulated')
  await expect(page.getByRole('combobox', { name: 'Verdict' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Filters', exact: true })).toBeHidden()
})

test('a search covers both environments, whichever the list shows', async ({ signedIn }) => {
  const page = await signedIn('viewer')
  await page.goto('/devices?environment=real&text=B-12')
  await expect(page.getByRole('link', { name: '1 in Simulated' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Search' })).toBeEnabled()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Device, trial, protocol or MDM server').fill('b-12')
  await page.getByRole('button', { name: /^B-12/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'B-12' })).toBeVisible()
})

test('the form says that a protocol does not fit the device before the trial is drafted', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.goto('/trials/new?environment=simulated')
  await page.getByRole('combobox', { name: 'Device' }).click()
  await page.getByRole('option', { name: /B-10/ }).click()
  await page.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: /Download only 12\.1/ }).click()
  await expect(page.getByText('This protocol does not fit this device')).toBeVisible()
  await expect(page.getByText(/Target not offered; 18\.7\.2 is/)).toBeVisible()
})

test('form input survives an ended session and is restored after sign-in', async ({ signedIn }) => {
  const page = await signedIn('engineer')
  await page.goto('/trials/new?environment=simulated')
  const expectation = page.getByLabel('What you expect')
  await page.getByRole('combobox', { name: 'Device' }).click()
  await page.getByRole('option', { name: /B-12/ }).click()
  await page.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: /Download only 12\.1/ }).click()
  await expectation.fill('It stays where it is.')
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Draft the trial' }).click()

  await expect(page.getByText('Your session has ended; sign in to go on')).toBeVisible()
  await expect(page.getByText('Erin Engineer')).toHaveCount(0)
  await expect(page.getByRole('navigation', { name: 'Main' })).toHaveCount(0)
  await page.getByLabel('Email').fill('engineer@oneway.example')
  await page.getByLabel('Password', { exact: true }).fill(passwordOf('engineer'))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).toHaveURL(/\/trials\/new\?environment=simulated/)
  await expect(page.getByText('What you typed before is here again')).toBeVisible()
  await expect(expectation).toHaveValue('It stays where it is.')
  // Choosing the restored option again must not clear it.
  const protocol = page.getByRole('combobox', { name: 'Protocol' })
  await protocol.click()
  await page.getByRole('option', { name: /Download only 12\.1/ }).click()
  await expect(protocol).toHaveValue(/^Download only 12\.1/)
  const device = page.getByRole('combobox', { name: 'Device' })
  await expect(device).toHaveValue(/^B-12/)
  await device.click()
  await expect(page.getByRole('option', { name: /B-07/ })).toBeVisible()
})

test('the list prints as a table, without filters or buttons', async ({ signedIn }) => {
  const page = await signedIn('viewer')
  await page.setViewportSize({ width: 794, height: 1123 })
  await page.goto('/devices?environment=simulated')
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('columnheader', { name: 'Verdict' })).toBeVisible()
  await expect(page.getByPlaceholder('Tag, name, serial, ID, model, place')).toBeHidden()
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width, 'CSS pixels of an A4 sheet').toBeLessThanOrEqual(794)
})
