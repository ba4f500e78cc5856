import type { Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { draftTrial, queryDevice, registerAndArm, release, sign } from './bench'
import { expect, test } from './lab'
import { interventionsOn, shortenWaits, underLongHold, virtualDevice } from './quick-lab'
import { addSpareDevice } from './spare-device'
import { reviewFirstVersion, saveProtocolAs, tapped } from './trip-steps'

test.describe.configure({ mode: 'serial' })

const title = 'Declared as soon as possible'
const takes = 'declaration' as const
const installs = { labTag: 'S-31', name: 'Declared iPad', serial: 'DMPLVS31FK31', takes }
const withdrawn = { labTag: 'S-32', name: 'Withdrawn iPad', serial: 'DMPLVS32FK32', takes }
const onPhone = { labTag: 'S-34', name: 'Phone iPad', serial: 'DMPLVS34FK34', takes }
const fetched = { labTag: 'S-33', name: 'Fetched iPad', serial: 'DMPLVS33FK33', takes }

/** The device takes an hour of its own time to begin, a minute here. */
const installed = { timeout: 300_000 }

const delivery = (page: Page) => page.getByRole('region', { name: 'Delivery' })
const nextStep = (page: Page) => page.getByRole('region', { name: 'Next step' })

test('a declaration is written, released, fetched, installed and reported', async ({
  signedIn,
}) => {
  await shortenWaits()
  for (const device of [installs, withdrawn, fetched, onPhone]) await addSpareDevice(device)
  const [engineer, lead] = [await signedIn('engineer'), await signedIn('lead')]
  await writeProtocol(engineer, lead)
  await armOn(engineer, installs)
  await expect(engineer.getByText(/as soon as possible: TargetLocalDateTime \d{4}-/)).toBeVisible()
  // Whoever signs is told of everything that goes to the device.
  await engineer.getByRole('button', { name: 'Release…' }).click()
  const dialog = engineer.getByRole('dialog')
  await expect(dialog).toContainText('With it: a subscription to 15 status items')
  await expect(dialog).toContainText('it is attached to the device once. It can be withdrawn')
  await dialog.getByRole('button', { name: 'Close', exact: true }).click()
  await expect(dialog).toBeHidden()
  await underLongHold(() => release(engineer))

  const hold = engineer.getByRole('region', { name: 'Hold' })
  await expect(
    hold.getByRole('heading', { name: /^(Held: declaration 1|Declaration 1: hold over)$/ }),
  ).toBeVisible()
  await expect(delivery(engineer)).toContainText(
    /It names \d{4}-\d\d-\d\dT[\d:]+ by the device’s own clock/,
  )
  await expect(delivery(engineer)).toContainText('The device has asked for a part of its set.')
  await expect(delivery(engineer)).toContainText('It subscribes the device to 15 status items')
  await delivery(engineer).getByText('11 requests and readings').click()
  const steps = delivery(engineer).getByRole('list', { name: 'Steps of declaration 1' })
  await expect(steps.getByRole('listitem').last()).toContainText(
    'attach the set to the device: done',
  )
  const timeline = engineer.getByRole('region', { name: 'Timeline' })
  await expect(
    timeline.getByText('Declaration 1: The device has asked for a part of its set'),
  ).toBeVisible()
  await expect(engineer.getByText(/\bcommand 1\b/i)).toHaveCount(0)

  const outcome = engineer.getByRole('region', { name: 'Outcome' })
  await expect(outcome.getByText('Proposed: Installed as expected')).toBeVisible(installed)
  await outcome.getByRole('button', { name: 'Conclude as proposed…' }).click()
  await engineer.getByRole('dialog').getByRole('button', { name: 'Conclude', exact: true }).click()
  await expect(outcome.getByText(/decided by/)).toBeVisible()
  // An ended trial takes back what it has left on the server.
  await expect(delivery(engineer)).toContainText('holds nothing of it any more')
  expect(await interventionsOn(installs.labTag)).toHaveLength(1)
  await readReport(lead, engineer.url())
})

test('a declaration is withdrawn before the device has asked for it', async ({ signedIn }) => {
  const [engineer, lead] = [await signedIn('engineer'), await signedIn('lead')]
  await armOn(engineer, withdrawn)
  await engineer.getByText('The virtual device (SIMULATED)').click()
  await engineer.getByRole('button', { name: 'Go offline' }).click()
  await expect(engineer.getByRole('button', { name: 'Go online' })).toBeVisible()
  await release(engineer)
  await lead.goto(engineer.url())
  await expect(delivery(lead)).toContainText('Stored is not sent')
  await expect(nextStep(lead)).toContainText('the device has not fetched it yet')

  await withdraw(lead)
  await expect(delivery(lead)).toContainText('holds nothing of it any more')
  await expect(delivery(lead)).toContainText('The device has not been seen without it')
  await expect(nextStep(lead)).toContainText('Declaration 1 is withdrawn')

  await engineer.getByRole('button', { name: 'Go online' }).click()
  await expect(delivery(lead)).toContainText('lists it no more')
  await expect(delivery(lead).getByRole('alert')).toContainText('Removed')
  expect(await virtualDevice(withdrawn.labTag)).toMatchObject({ osVersion: '18.6' })
  await expect(lead.getByText(/The device asked for the configuration/)).toHaveCount(0)
})

test('a declaration is withdrawn after the device has asked for it, which is not said to have stopped anything', async ({
  signedIn,
}) => {
  const [engineer, lead] = [await signedIn('engineer'), await signedIn('lead')]
  await armOn(engineer, fetched)
  await release(engineer)
  await expect(delivery(engineer)).toContainText('The device has asked for a part of its set.')
  await expect(
    delivery(engineer).getByRole('button', { name: 'Withdraw the declaration…' }),
  ).toBeDisabled()
  await lead.goto(engineer.url())
  await withdraw(lead)
  await expect(delivery(lead)).toContainText('Its server detached it')
  await expect(delivery(lead)).toContainText('The device has asked for a part of its set.')
  await expect(
    lead.getByRole('region', { name: 'Signatures' }).getByText(/^withdrew a declaration/),
  ).toBeVisible()

  // The webhook has brought every report, so the server has none that is missing.
  await expect(delivery(lead)).toContainText('lists it no more')
  await engineer.goto('/devices?environment=simulated')
  await engineer.getByRole('row', { name: fetched.labTag }).getByRole('link').first().click()
  const read = engineer.getByRole('button', { name: 'Read the reports that KMFDDM has kept' })
  await expect(async () => {
    await read.click()
    // Refused while an event of the device waits to be read; then one presses again, as the refusal says.
    await expect(
      engineer.getByText(/^Read from KMFDDM .*: none was missing, \d+ (was|were) known\.$/),
    ).toBeVisible({ timeout: 20_000 })
  }).toPass({ timeout: 180_000 })
})

test.describe('on a phone', () => {
  test.use({
    contextOptions: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  })

  test('an engineer runs a declaration trial from the device to its logged outcome', async ({
    signedIn,
  }) => {
    const page = await signedIn('engineer')
    await armOn(page, onPhone)
    const trial = new URL(page.url()).pathname
    await release(page)
    await page.goto(`${trial}?view=bench`)
    const bench = page.getByRole('region', { name: 'Bench', exact: true })
    await expect(bench.getByRole('timer')).toHaveText(/deadline in/)
    await expect(nextStep(page)).toContainText('Log what you see')
    await fits(page)
    await bench.getByRole('button', { name: 'Download seen', exact: true }).tap()
    await expect(tapped(page)).toHaveCount(0)
    await expect
      .poll(async () => (await virtualDevice(onPhone.labTag)).osVersion, installed)
      .toBe('18.7.2')
    await bench.getByRole('button', { name: 'Rebooted', exact: true }).tap()
    await expect(tapped(page)).toHaveCount(0)

    await page.getByRole('link', { name: 'Full record' }).tap()
    const outcome = page.getByRole('region', { name: 'Outcome' })
    await expect(outcome.getByText('Proposed: Installed as expected')).toBeVisible(installed)
    await outcome.getByRole('button', { name: 'Conclude as proposed…' }).tap()
    await page.getByRole('dialog').getByRole('button', { name: 'Conclude', exact: true }).tap()
    await expect(outcome.getByText(/decided by/)).toBeVisible()
    const timeline = page.getByRole('region', { name: 'Timeline' })
    for (const seen of ['Download seen', 'Rebooted'])
      await expect(timeline.getByText(`Seen: ${seen}`, { exact: true })).toHaveCount(1)
    await expect(delivery(page)).toContainText('holds nothing of it any more')
    await fits(page)
    expect(await interventionsOn(onPhone.labTag)).toHaveLength(1)
  })
})

/** Nothing is wider than the screen. */
async function fits(page: Page): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
}

async function writeProtocol(engineer: Page, lead: Page): Promise<void> {
  await engineer.goto('/protocols/new')
  await engineer.getByRole('button', { name: 'Add a declaration' }).click()
  await engineer
    .getByRole('group', { name: 'Command 1' })
    .getByRole('button', { name: 'Remove' })
    .click()
  await engineer.getByRole('textbox', { name: 'Question' }).fill('Does it install by itself?')
  await engineer.getByLabel('TargetOSVersion').fill('18.7.2')
  await engineer.getByLabel('TargetBuildVersion').fill('22H124')
  await engineer.getByLabel('Expected outcome').fill('Installed as expected')
  const path = await saveProtocolAs(engineer, title)
  await lead.goto(path)
  await reviewFirstVersion(lead, 'One declaration, nothing else.')
}

async function armOn(page: Page, { labTag, serial }: typeof installs): Promise<void> {
  await queryDevice(page, labTag)
  await draftTrial(page, labTag, title)
  await registerAndArm(page, serial.slice(-4))
}

async function withdraw(lead: Page): Promise<void> {
  await delivery(lead).getByRole('button', { name: 'Withdraw the declaration…' }).click()
  await lead.getByRole('dialog').getByLabel('Reason').fill('The device is needed elsewhere')
  await sign(lead, 'Withdraw the declaration', 'lead')
  await expect(lead.getByRole('dialog')).toBeHidden()
}

/** The report and the table name it as what it is. */
async function readReport(lead: Page, trial: string): Promise<void> {
  await lead.goto(`${new URL(trial).pathname}/report`)
  const report = lead.getByRole('main')
  await expect(report.getByText('released a declaration (declaration 1)')).toBeVisible()
  await expect(report.getByRole('heading', { name: 'Commands and declarations' })).toBeVisible()
  await expect(report.getByText(/^at its server: attached to the device/)).toBeVisible()
  const csv = await lead.request.get(
    `/api/exports/trials?text=${installs.labTag}&environment=simulated`,
  )
  const [row] = parse(await csv.text(), { columns: true }) as Record<string, string>[] // Columns by name.
  expect(row).toMatchObject({
    ...{ mechanism: 'declaration', target_os: '18.7.2', end_os: '18.7.2' },
    ...{ reply_status: 'Asked', outcome: 'installedAsExpected', slots_sent: '1' },
  })
}
