import { randomBytes, randomUUID } from 'node:crypto'
import { kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import { expect, test } from './lab'
import { forward, postAsUnknownDevice, virtualLabKeys } from './quick-lab'

test('an admin adds and checks an MDM server; a viewer can only look', async ({
  signedIn,
  facts,
}) => {
  const page = await signedIn('admin')
  const second = await forward(facts.virtualLabUrl)
  const name = `Second NanoMDM ${randomUUID().slice(0, 4)}`
  await page.goto('/servers')
  await expect(page.getByText(/The disk of the bundled database has \d+ MiB left/)).toBeVisible()
  await page.getByRole('link', { name: 'Add an MDM server' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Short name').fill(`second-${randomUUID().slice(0, 8)}`)
  await page.getByLabel('API address').fill(second.url)
  await page.getByLabel('API key', { exact: true }).fill(virtualLabKeys().virtualLabApiKey)
  await page.getByLabel('Webhook key').fill(randomBytes(32).toString('hex'))
  await page.getByLabel('Storage').selectOption({ label: 'pgsql' })
  // Its address is not that of the MDM server itself.
  await page.getByLabel('Address of KMFDDM').fill(second.url)
  await page.getByLabel('API key of KMFDDM').fill(virtualLabKeys().virtualLabApiKey)
  await page.getByRole('button', { name: 'Add the server' }).click()
  await expect(
    page.getByText('This is the address of the MDM server itself.').first(),
  ).toBeVisible()
  await page.getByLabel('Address of KMFDDM').fill(`${second.url}${kmfddmPath}`)
  await page.getByRole('button', { name: 'Add the server' }).click()

  const facet = page.getByRole('table', { name: `Facts of ${name}` })
  await expect(facet).toContainText('NanoMDM, storage pgsql')
  await expect(facet).toContainText(`KMFDDM at ${second.url}${kmfddmPath}`)
  await expect(facet).toContainText('never; is its webhook set?')
  const card = page.locator('div').filter({ has: facet }).last()
  await card.getByRole('link', { name: 'What it promises, check, gaps' }).click()
  const check = page.getByRole('region', { name: 'Connection check' })
  await check.getByRole('button', { name: 'Check the connection' }).click()
  await expect(check.getByRole('row', { name: /^API key accepted.*yes/ })).toBeVisible()
  await expect(check.getByRole('row', { name: /^Declarations: reachable.*yes/ })).toBeVisible()
  await expect(check.getByRole('row', { name: /^Declarations: API key.*yes/ })).toBeVisible()
  await expect(
    check.getByRole('row', { name: /^Declarations: reach the.*not known/ }),
  ).toBeVisible()
  await expect(check.getByRole('row', { name: /^Webhook event received.*waiting/ })).toBeVisible()

  const viewer = await signedIn('viewer')
  await viewer.goto(page.url())
  await expect(viewer.getByRole('button', { name: 'Check the connection' })).toBeDisabled()
  second.close()
})

test('a NanoHUB is offered its own storages, and the address of its webhook is shown once', async ({
  signedIn,
}) => {
  const page = await signedIn('admin')
  await page.goto('/servers/new')
  const [kind, storage] = [page.getByLabel('Kind'), page.getByLabel('Storage')]
  await storage.selectOption({ label: 'pgsql' })
  await kind.selectOption({ label: 'NanoHUB' })
  // What is shown is what is stored: pgsql is none of its storages.
  await expect(storage).toHaveValue('unknown')
  await expect(storage.getByRole('option')).toHaveCount(4)
  const name = `NanoHUB ${randomUUID().slice(0, 4)}`
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Short name').fill(`hub-${randomUUID().slice(0, 8)}`)
  await page.getByLabel('API address').fill(`http://127.0.0.1:9/${randomUUID().slice(0, 8)}`)
  await page.getByLabel('API key', { exact: true }).fill(randomBytes(32).toString('hex'))
  await page.getByRole('button', { name: 'Add the server' }).click()
  const address = page.getByRole('alert', { name: 'The webhook address, shown once' })
  await expect(address.getByText(/\?token=[\w-]{43}$/)).toBeVisible()
  await expect(address).toContainText('-storage with mysql, file or inmem, and -ca with')
  await page.goto('/servers')
  const facts = page.getByRole('table', { name: `Facts of ${name}` })
  await expect(facts).toContainText('NanoHUB, storage not known')
})

test('the old query parameter "world" redirects to "environment"', async ({ signedIn }) => {
  const page = await signedIn('viewer')
  await page.goto('/devices?world=simulated&verdict=qualified')
  const { searchParams } = new URL(page.url())
  expect(searchParams.get('environment')).toBe('simulated')
  expect(searchParams.get('verdict')).toBe('qualified')
})

test('an engineer queries all devices of a list, and the run survives a reload', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.goto('/devices?environment=simulated&platform=tvOS')
  await page.getByRole('button', { name: 'Query all 1…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Query this device?' })
  await dialog.getByRole('button', { name: 'Query', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Query runs' })).toBeVisible()
  await page.reload()
  const run = page.getByRole('region', { name: /^Query run/ }).first()
  await expect(run.getByText('1 device: 1 answered')).toBeVisible()
  await expect(run.getByRole('link', { name: /B-12/ })).toBeVisible()
  await expect(run.getByText(/^Ended/)).toBeVisible()
})

test('a lead reprocesses an unmatched event', async ({ signedIn }) => {
  const id = await postAsUnknownDevice()
  const page = await signedIn('lead')
  const row = page.getByRole('link', { name: String(id), exact: true })
  await expect(async () => {
    await page.goto('/events?environment=simulated&state=unmatched')
    await expect(row).toBeVisible({ timeout: 5_000 })
  }).toPass({ timeout: 180_000 })
  await row.click()
  await page.getByRole('button', { name: 'Reprocess' }).click()
  await expect(page.getByText('Queued for reprocessing')).toBeVisible()
  await expect(async () => {
    await page.reload()
    await expect(page.getByText(/^Reprocessed .*before that it was unmatched/)).toBeVisible({
      timeout: 5_000,
    })
  }).toPass({ timeout: 180_000 })
})

test('a draft of a device that somebody else saved meanwhile is refused with the difference', async ({
  signedIn,
}) => {
  const tag = `S-${randomUUID().slice(0, 6)}`
  const lead = await signedIn('lead')
  await lead.goto('/devices/new')
  await lead.getByLabel('Lab tag').fill(tag)
  await lead.getByRole('textbox', { name: 'Name', exact: true }).fill('Shelf iPhone')
  await lead.getByRole('button', { name: 'Add the device' }).click()
  await expect(lead.getByRole('heading', { level: 1, name: new RegExp(tag) })).toBeVisible()
  const edit = `${new URL(lead.url()).pathname}/edit`

  const engineer = await signedIn('engineer')
  await engineer.goto(edit)
  await engineer.getByLabel('Location').fill('Drawer of the engineer')
  await lead.goto(edit)
  await lead.getByLabel('Location').fill('Shelf of the lead')
  await lead.getByRole('button', { name: 'Save the device' }).click()
  await expect(lead.getByText('Shelf of the lead').first()).toBeVisible()

  await engineer.reload()
  await expect(engineer.getByText('What you typed before is here again.')).toBeVisible()
  await expect(engineer.getByLabel('Location')).toHaveValue('Drawer of the engineer')
  await engineer.getByRole('button', { name: 'Save the device' }).click()
  const refused = engineer.getByRole('row', { name: /^Location/ })
  await expect(refused).toContainText('Shelf of the lead')
  await expect(refused).toContainText('Drawer of the engineer')
  await engineer.getByRole('button', { name: 'Discard mine, load theirs' }).click()
  await expect(engineer.getByLabel('Location')).toHaveValue('Shelf of the lead')
})
