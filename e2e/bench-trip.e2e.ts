import { devices, type Page } from '@playwright/test'
import { unzipSync, zipSync } from 'fflate'
import { goToRelease, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { deliveriesTo, interventionsOn, shortenWaits } from './quick-lab'
import { addSpareDevice } from './spare-device'
import {
  bookTrial,
  downloadOf,
  draftBooking,
  ignoreOffline,
  keptOffline,
  randomPhoto,
  reviewFirstVersion,
  saveProtocolAs,
  sha256,
  takePhoto,
  tapped,
  verifyFile,
} from './trip-steps'

// The whole of what a trial is for, once at a desk and once with a phone in one hand. S-1 and S-2 are theirs alone.
const trips = [
  {
    at: 'a desktop',
    device: { labTag: 'S-1', name: 'Spare iPad, desktop', serial: 'DMPLVS01FK21' },
    contextOptions: { viewport: { width: 1280, height: 800 }, hasTouch: false },
  },
  {
    at: 'a phone',
    device: { labTag: 'S-2', name: 'Spare iPad, phone', serial: 'DMPLVS02FK22' },
    contextOptions: {
      ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
      userAgent: devices['iPhone 15'].userAgent,
    },
  },
]

type Trip = (typeof trips)[number]

const online = ['Download seen', 'Screen dark', 'Nothing happens']
const offline = ['Progress bar', 'Phone call', 'Rebooted']

for (const trip of trips)
  test.describe(trip.at, () => {
    test.use({ contextOptions: trip.contextOptions })

    test(`a protocol becomes a trial, six taps its record, and a file that anybody can check, at ${trip.at}`, async ({
      signedIn,
      consoleErrors,
    }) => {
      await shortenWaits()
      await addSpareDevice(trip.device)
      const [engineer, lead] = [await signedIn('engineer'), await signedIn('lead')]
      const title = `Baseline at ${trip.at}`
      await writeProtocol(engineer, lead, title)
      await draftFromBooking(engineer, trip, title)
      const trial = new URL(engineer.url()).pathname
      const photo = await playTrial(engineer, trip)
      ignoreOffline(consoleErrors)
      await correctAndConclude(engineer, trial)
      await readReport(lead, trial, photo)
      await freezeAndVerify(lead, trip)
      const commands = await interventionsOn(trip.device.labTag)
      const deliveries = await deliveriesTo(trip.device.labTag)
      expect(commands.map((uuid) => deliveries[uuid])).toEqual([1, 1])
    })
  })

/** The engineer begins with a ready-made one; a lead other than its author reviews it. */
async function writeProtocol(engineer: Page, lead: Page, title: string): Promise<void> {
  await engineer.goto('/protocols/new')
  await engineer.getByRole('link', { name: /^Baseline: download/ }).click()
  await expect(engineer.getByRole('heading', { name: /^Begun with/ })).toBeVisible()
  for (const index of [0, 1])
    await engineer.getByLabel('ProductKey').nth(index).fill('iOSUpdate16B92')
  const path = await saveProtocolAs(engineer, title)
  await lead.goto(path)
  await reviewFirstVersion(lead, 'The documented path.')
}

async function draftFromBooking(page: Page, { device }: Trip, title: string): Promise<void> {
  await queryDevice(page, device.labTag)
  await bookTrial(page, {
    ...{ protocol: new RegExp(`^${title}`), from: 0, until: 120 },
    expectation: 'The second command installs it.',
  })
  await draftBooking(page)
  await expect(page.getByRole('heading', { level: 1, name: /^T-\d+$/ })).toBeVisible()
}

/** Releases both commands, and records six sightings by one tap each, three of them without a connection. */
async function playTrial(page: Page, trip: Trip): Promise<Buffer> {
  const bench = page.getByRole('region', { name: 'Bench', exact: true })
  const next = page.getByRole('region', { name: 'Next step' })
  const tap = (name: string) => {
    const button = bench.getByRole('button', { name, exact: true })
    return trip.contextOptions.hasTouch ? button.tap() : button.click()
  }
  await registerAndArm(page, trip.device.serial.slice(-4))
  await release(page)
  await showBench(page)
  await expect(bench.getByRole('timer')).toHaveText(/deadline in/)
  for (const name of online) await tap(name)
  await expect(tapped(page)).toHaveCount(0)
  const photo = await randomPhoto(640, 480)
  await takePhoto(page, 'download.jpg', photo)
  await expect(page.getByText('attached', { exact: true })).toBeVisible()

  await expect(next.getByText('Release command 2.', { exact: true })).toBeVisible()
  await goToRelease(page)
  await release(page)
  await showBench(page)
  await keptOffline(page)
  await page.context().setOffline(true)
  for (const name of offline) await tap(name)
  await expect(tapped(page).getByText(/^No connection: these are kept/)).toBeVisible()
  await page.reload()
  await expect(page.getByText('The lab cannot be reached.')).toBeVisible()
  for (const name of offline)
    await expect(tapped(page).getByRole('group', { name, exact: true })).toBeVisible()
  await page.context().setOffline(false)
  await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
  await expect(tapped(page)).toHaveCount(0)
  return photo
}

/** Bench mode is where a phone is already, and a link away elsewhere. */
async function showBench(page: Page): Promise<void> {
  await page.goto(`${new URL(page.url()).pathname}?view=bench`)
  await expect(page.getByRole('link', { name: 'Full record' })).toBeVisible()
}

async function correctAndConclude(page: Page, trial: string): Promise<void> {
  await page.getByRole('link', { name: 'Full record' }).click()
  // The older entries are folded.
  const timeline = page.getByRole('region', { name: 'Timeline' })
  for (const name of [...online, ...offline])
    await expect(timeline.getByText(`Seen: ${name}`, { exact: true })).toHaveCount(1)
  const wrong = timeline.getByRole('listitem').filter({ hasText: 'Seen: Phone call' })
  await wrong.getByRole('button', { name: 'correct' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Screen dark' }).click()
  await dialog.getByLabel('Reason for the correction').fill('Pressed beside the right button')
  await dialog.getByRole('button', { name: 'Log it' }).click()
  await expect(timeline.getByText(/Pressed beside the right button/).first()).toBeVisible()

  const deviations = page.getByRole('region', { name: 'Deviations' })
  await deviations.getByRole('button', { name: 'Record a deviation…' }).click()
  await dialog
    .getByLabel('What differed from the protocol')
    .fill('The network was down for a while')
  await dialog.getByRole('textbox', { name: /^Why/ }).fill('The lift takes it along')
  await dialog.getByRole('button', { name: 'Record it' }).click()
  await expect(deviations.getByText(/The network was down for a while/)).toBeVisible()

  const outcome = page.getByRole('region', { name: 'Outcome' })
  await expect(outcome.getByText('Proposed: Installed as expected')).toBeVisible({
    timeout: 240_000,
  })
  await outcome.getByRole('button', { name: 'Conclude as proposed…' }).click()
  await dialog.getByRole('button', { name: 'Conclude', exact: true }).click()
  await expect(outcome.getByText(/decided by/)).toBeVisible()
  expect(new URL(page.url()).pathname).toBe(trial)
}

async function readReport(lead: Page, trial: string, photo: Buffer): Promise<void> {
  await lead.goto(trial)
  await lead.getByRole('link', { name: 'Report of this trial' }).click()
  await expect(lead.getByRole('heading', { level: 1, name: /^Report of T-\d+$/ })).toBeVisible()
  const report = lead.getByRole('main')
  for (const text of [
    ...[
      'Does a second Default install',
      'The second command installs it.',
      'Installed as expected',
    ],
    ...['Pressed beside the right button', 'The network was down for a while'],
    ...['download.jpg', sha256(photo)],
  ])
    await expect(report.getByText(text).first()).toBeVisible()
  const picture = report.getByRole('region', { name: 'Photos and recordings' }).getByRole('img')
  await expect(picture).toHaveJSProperty('naturalWidth', 640)
  const width = await lead.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(lead.viewportSize()?.width ?? 0)
  const pdf = await downloadOf(lead, lead.getByRole('link', { name: 'Download as PDF' }))
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  expect(pdf.toString('latin1').match(/\/Subtype \/Image/g)).toHaveLength(1)
}

async function freezeAndVerify(lead: Page, { at, device }: Trip): Promise<void> {
  await lead.goto(`/trials?environment=simulated&text=${encodeURIComponent(device.name)}`)
  await lead.getByRole('link', { name: 'Freeze these trials as a report' }).click()
  await expect(lead.getByText(/^1 trial in this selection/)).toBeVisible()
  await lead.getByLabel('Title').fill(`The trip at ${at}`)
  await lead.getByRole('button', { name: 'Freeze' }).click()
  const row = lead.getByRole('row', { name: new RegExp(`The trip at ${at}`) })
  await expect(row).toBeVisible()
  const zip = await downloadOf(lead, row.getByRole('link', { name: /^Download F-/ }))
  await verifyFile(lead, 'report.zip', zip)
  await expect(lead.getByRole('status').filter({ hasText: 'Unaltered' })).toContainText(
    `The trip at ${at}`,
  )
  const files = unzipSync(zip)
  const table = files['observations.csv']?.slice() ?? new Uint8Array()
  table[100] = (table[100] ?? 0) ^ 1
  await verifyFile(
    lead,
    'report.zip',
    Buffer.from(zipSync({ ...files, 'observations.csv': table })),
  )
  await expect(lead.getByRole('alert').filter({ hasText: 'Altered' })).toContainText(
    'observations.csv',
  )
}
