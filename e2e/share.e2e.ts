import { expect, test } from './lab'

test('a lead chooses what a link shows and makes it; a stranger reads it; once revoked it leads to nothing', async ({
  signedIn,
  browser,
  baseURL,
  consoleErrors,
}) => {
  const page = await signedIn('lead')
  await page.goto('/trials?environment=simulated&version=11.4&state=concluded&text=Origin')
  await page
    .getByRole('table')
    .getByRole('link', { name: /^T-\d+/ })
    .first()
    .click()
  await page.getByRole('link', { name: 'Report of this trial' }).click()
  await page.getByRole('link', { name: 'Share by a link' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^Share T-\d+$/ })).toBeVisible()

  // Choose the question: the link waits until it was read in its place.
  const words = 'The command is acknowledged, and the device prompts.'
  await page.getByRole('checkbox', { name: words }).check()
  const make = page.getByRole('button', { name: 'Make the link' })
  await expect(make).toBeDisabled()
  await page.getByRole('button', { name: 'Show with the chosen texts' }).click()
  const preview = page.getByRole('region', { name: 'Preview' })
  await expect(preview.getByText(words).first()).toBeVisible()
  await expect(preview.getByText('[text left out]').first()).toBeVisible()
  await page.getByLabel('For whom or what').fill('The browser test')
  await make.click()
  const url = (await page.getByText(/\/shared\/[\w-]{43}$/).textContent()) ?? ''
  const address = new URL(url).pathname

  const stranger = await browser.newContext({ baseURL: baseURL ?? '' })
  const shared = await stranger.newPage()
  const answer = await shared.goto(address)
  expect(answer?.headers()['referrer-policy']).toBe('no-referrer')
  expect(answer?.headers()['x-robots-tag']).toContain('noindex')
  await expect(shared.getByText(/^SIMULATED/).first()).toBeVisible()
  await expect(shared.getByText(words).first()).toBeVisible()
  await expect(shared.getByText('engineer 1').first()).toBeVisible()
  expect(await shared.locator('script, form, a[href^="/"]').count()).toBe(0)
  expect(await stranger.cookies()).toEqual([])
  await shared.setViewportSize({ width: 375, height: 700 })
  const width = await shared.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(375)

  await page.goto('/reports')
  const row = page.getByRole('row', { name: /The browser test/ })
  await expect(row).toContainText('1 time')
  await row.getByRole('button', { name: /^Revoke S-/ }).click()
  await expect(row).toContainText('revoked')
  expect((await shared.goto(address))?.status()).toBe(404)
  await expect(shared.getByRole('heading', { name: 'This link leads to nothing' })).toBeVisible()
  await stranger.close()
  // The console names the 404 that this test provokes.
  consoleErrors.length = 0
})

test('an engineer shares no report', async ({ signedIn }) => {
  const page = await signedIn('engineer')
  await page.goto('/reports/share?trial=00000000-0000-4000-8000-000000000000')
  await expect(page.getByText(/^This needs the role lead/)).toBeVisible()
  await page.goto('/reports')
  await expect(page.getByRole('heading', { name: 'Share links' })).toBeVisible()
})

test('the trials are taken as ODM-XML and as Dataset-JSON under the filters of the list', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/trials?environment=simulated&version=11.3&text=Origin')
  const addresses = {
    odm: await page.getByRole('link', { name: 'trials as ODM-XML' }).getAttribute('href'),
    dataset: await page.getByRole('link', { name: 'trials as Dataset-JSON' }).getAttribute('href'),
  }
  const odm = await page.request.get(addresses.odm ?? '')
  expect(odm.headers()['content-disposition']).toMatch(/SIMULATED-trials-.*\.odm\.xml/)
  const subjects = (await odm.text()).match(/<SubjectData /g)?.length
  const dataset = await (await page.request.get(addresses.dataset ?? '')).json()
  expect(dataset).toMatchObject({ datasetJSONVersion: '1.1.0', records: subjects })
  expect(dataset.rows).toHaveLength(subjects ?? 0)
  const wrong = await page.request.get('/api/exports/trials?as=xml')
  expect([wrong.status(), await wrong.text()]).toEqual([
    400,
    expect.stringContaining('dataset-json'),
  ])
})
