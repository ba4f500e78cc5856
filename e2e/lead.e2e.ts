import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './lab'

const menu = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
const title = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** The text of the file behind a link. */
async function fileOf(page: Page, link: Locator): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  return readFileSync(await file.path(), 'utf8')
}

test('a lead goes from what waits to a comparison, a curve and the flow of the trials', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/?environment=simulated')
  const waiting = page.getByRole('region', { name: 'Waiting for you' })
  await expect(waiting.getByRole('link', { name: /review/ }).first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'Live trials' })).toContainText('O-7')

  await menu(page, 'Outcomes')
  await choose(page, 'Platform', 'iOS')
  await page.waitForURL(/platform=iOS/)
  await choose(page, 'Rows by', 'Passcode')
  await page.waitForURL(/rows=passcode/)
  await expect(page.getByRole('row', { name: /^Passcode set/ }).first()).toContainText(/\d+ of \d+/)
  await choose(page, 'Compare by', 'Starting version')
  // On a slow server the second choice is made before the page of the first has arrived.
  const slow = /\/outcomes\?/
  await page.route(slow, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await route.fallback()
  })
  await choose(page, 'First group', '11.3')
  await choose(page, 'Second group', '11.2.6')
  await expect(page.getByRole('combobox', { name: 'First group' })).toHaveValue('11.3')
  await page.waitForURL(/first=11\.3&second=11\.2\.6/)
  await page.unroute(slow)
  const groups = page.getByRole('region', { name: 'Two groups: Installed' })
  await expect(groups.getByText(/Fisher/).first()).toBeVisible()

  await page.getByRole('link', { name: 'Time to event' }).click()
  await expect(title(page, 'Time to event')).toBeVisible()
  await expect(page.getByRole('region', { name: /^Time from send to/ })).toBeVisible()
  const times = await fileOf(page, page.getByRole('link', { name: /\(CSV\)$/ }).first())
  expect(times.split('\r\n')[0]).toContain('trial')

  await page.getByRole('link', { name: 'Flow' }).click()
  await page.waitForURL(/\/outcomes\/flow/)
  // Other tests conclude trials meanwhile; those of the story stay as many.
  await page.getByPlaceholder('T-12, tag, device, serial, protocol, person').fill('Origin')
  await page.waitForURL(/text=Origin/)
  const analysed = page.getByRole('link', { name: /^Analysed: \d+$/ })
  const count = Number((await analysed.textContent())?.replace(/\D/g, ''))
  await analysed.click()
  await expect(title(page, 'Trials')).toBeVisible()
  await expect(page.getByText(new RegExp(`^${count} trials$`))).toBeVisible()
})

test('a lead keeps a device for a later question, and the plan shows what for', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/plan?environment=simulated')
  const next = page.getByRole('region', { name: 'Next trials' })
  await expect(next.getByRole('row', { name: /11\.2\.6 → 12\.1/ })).toContainText(
    'Narrower interval',
  )
  await page.getByText('Weights of the score, 0 to 100').click()
  await page.getByLabel('Reserved', { exact: true }).fill('900')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText(/0 to 100/).first()).toBeVisible()

  await page.goto('/devices?environment=simulated')
  await page.getByRole('row', { name: 'O-2' }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Reserve…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Reserve this device' })
  await dialog.getByRole('button', { name: 'Reserve' }).click()
  await expect(
    dialog
      .getByRole('alert')
      .or(dialog.getByText(/Enter|Say|Give/))
      .first(),
  ).toBeVisible()
  await dialog.getByLabel('Kept for').fill('Whether 12.1.1 fixes the download of 11.1')
  const inTenDays = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10)
  await dialog.getByLabel(/^Until the end of/).fill(inTenDays)
  await dialog.getByRole('button', { name: 'Reserve' }).click()
  await expect(dialog).toBeHidden()

  await menu(page, 'Plan')
  const kept = page
    .getByRole('region', { name: 'Reserved devices' })
    .getByRole('row', { name: 'O-2' })
  await expect(kept).toContainText('Whether 12.1.1 fixes the download of 11.1')
  await expect(kept).toContainText(inTenDays)
})

test('a radar from a contradiction is filed, and the calendar says when its fix can be checked', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/contradictions?environment=simulated')
  const row = page.getByRole('row').filter({ hasText: 'OSUpdateStatus[].IsDownloaded' })
  await row.getByRole('link', { name: 'Write a radar' }).click()
  await expect(page.getByLabel('Actual')).toHaveValue(/integer/)
  await page.getByLabel('Title').fill('IsDownloaded is an integer on a bench device')
  await page.getByRole('button', { name: 'Save the draft' }).click()
  await expect(title(page, /^R-\d+ IsDownloaded is an integer on a bench device$/)).toBeVisible()

  const form = page.getByRole('form', { name: 'Change of state' })
  await form.getByLabel('Number that Apple gave it').fill('FB12345678')
  await form.getByLabel('What Apple said, or what you saw').fill('Filed on the day it was seen.')
  await form.getByRole('button', { name: 'Record it' }).click()
  await expect(page.getByText(/number FB12345678/)).toBeVisible()
  await choose(page, 'New state', 'claimed fixed')
  await form.getByLabel('Version with the fix').fill('12.0')
  await form.getByLabel('What Apple said, or what you saw').fill('Release notes of 12.0.')
  await form.getByRole('button', { name: 'Record it' }).click()
  await expect(page.getByText(/fix claimed in 12\.0/).first()).toBeVisible()

  await menu(page, 'Radars')
  await page.getByRole('link', { name: 'Verification calendar' }).click()
  const planned = page.getByRole('row', { name: /IsDownloaded is an integer on a bench device/ })
  await expect(planned).toContainText(/B-\d\d/)
  const calendar = await fileOf(page, page.getByRole('link', { name: 'Calendar file (.ics)' }))
  expect(calendar).toContain('BEGIN:VEVENT')
})

test('a shared view opens for another person with the filters it was saved with', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/outcomes/predictions?environment=simulated&platform=iOS&rows=passcode')
  await page.getByRole('button', { name: 'Save this view' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this view' })
  await dialog.getByLabel('Name').fill('iOS by passcode')
  await dialog.getByLabel(/^Share/).check()
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toBeHidden()

  const viewer = await signedIn('viewer')
  await viewer.goto('/outcomes/predictions')
  await viewer.getByRole('link', { name: 'Saved views' }).click()
  await viewer.getByRole('link', { name: 'iOS by passcode' }).click()
  await expect(title(viewer, 'Expectation against result')).toBeVisible()
  await viewer.waitForURL(/platform=iOS/)
  expect(Object.fromEntries(new URL(viewer.url()).searchParams)).toEqual({
    ...{ environment: 'simulated', platform: 'iOS', rows: 'passcode' },
  })
})

test('an engineer queries a filtered list at once and drafts the trial that the plan suggests', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.goto('/devices?environment=simulated')
  await page.getByPlaceholder('Tag, name, serial, ID, model, place').fill('Origin iPad')
  await page.getByRole('button', { name: 'Query all 8…' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Query/ })
    .click()
  await expect(title(page, 'Query runs')).toBeVisible()
  await page.reload()
  await expect(page.getByText('8 devices: 8 answered')).toBeVisible()

  // Drafted on by no other spec: the plan suggests a device only while it has no trial under way.
  await menu(page, 'Plan')
  await page.getByRole('link', { name: 'New trial on B-04, 11.2.6 to 12.1' }).click()
  await expect(page.getByRole('combobox', { name: 'Device' })).toHaveValue(/^B-04/)
  await page.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: /Download, then install 12\.1/ }).click()
  await page.getByLabel('What you expect').fill('The download alone does not install it.')
  await page.getByRole('button', { name: 'Draft the trial' }).click()
  await expect(title(page, /^T-\d+$/)).toBeVisible()
})
