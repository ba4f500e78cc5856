import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { draftTrial, queryDevice, registerAndArm, release } from './bench'
import { expect, test } from './lab'
import { deliveriesTo, interventionsOn, shortenWaits, underLongHold } from './quick-lab'
import { tapAndUndo } from './trip-steps'

test.describe.configure({ mode: 'serial' })

const protocol = 'Download, then install 12.1'
let trialName = ''

test('an engineer takes a device through a whole trial, each command sent once', async ({
  signedIn,
}) => {
  await shortenWaits()
  const page = await signedIn('engineer')
  await queryDevice(page, 'B-01')
  await draftTrial(page, 'B-01', protocol)
  trialName = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  await registerAndArm(page, 'HFLR')
  const next = page.getByRole('region', { name: 'Next step' })
  await expect(next.getByText(/release command 1 of 2/)).toBeVisible()
  await expect(next.getByRole('button', { name: 'Query device' })).toBeVisible()
  await underLongHold(() => release(page))

  // On a phone at the bench: live updates must not move a button while somebody presses it.
  await page.setViewportSize({ width: 390, height: 844 })
  const pressed = page.getByRole('button', { name: 'Screen dark' })
  const place = () => pressed.evaluate((button) => button.getBoundingClientRect().top + scrollY)
  const hold = page.getByRole('region', { name: 'Hold', exact: true })
  await expect(hold).toBeInViewport()
  // Without the menu's width the content moves; on a busy machine that transition begins late.
  await expect(page.getByRole('main')).toHaveCSS('padding-left', '12px')
  const before = await place()
  await expect(next.getByText('Release command 2.', { exact: true })).toBeVisible()
  expect(await place(), 'CSS pixels from the top').toBe(before)
  await hold.getByRole('button', { name: 'Close' }).click()
  await expect(hold).toHaveCount(0)
  await page.setViewportSize({ width: 1280, height: 800 })
  const delivery = page.getByRole('region', { name: 'Delivery' })
  await expect(delivery.getByText(/The device answered Acknowledged/)).toBeVisible()
  await release(page)
  await expect(delivery.getByText(/The device answered Acknowledged/)).toHaveCount(2)

  // One press records it, after a moment for an undo.
  await tapAndUndo(page, page.getByRole('button', { name: 'Rebooted' }), 'Rebooted')
  await page.getByRole('button', { name: 'Progress bar' }).click()
  await expect(page.getByText('Logged: Progress bar')).toBeVisible()
  const timeline = page.getByRole('list', { name: 'Timeline' })
  await expect(timeline.getByText('Seen: Progress bar')).toBeVisible()
  await expect(timeline.getByText('Seen: Rebooted')).toHaveCount(0)

  const outcome = page.getByRole('region', { name: 'Outcome' })
  await expect(outcome.getByText(/12\.1 \(16B92\)/).first()).toBeVisible({ timeout: 240_000 })
  await expect(outcome.getByText('Proposed: Installed as expected')).toBeVisible()
  await outcome.getByRole('button', { name: 'Conclude as proposed…' }).click()
  const asked = page.getByRole('dialog', { name: 'Conclude as proposed?' })
  await asked.getByRole('button', { name: 'Conclude', exact: true }).click()
  await expect(outcome.getByText(/decided by/)).toBeVisible()

  const commands = await interventionsOn('B-01')
  const deliveries = await deliveriesTo('B-01')
  expect(commands.map((uuid) => deliveries[uuid])).toEqual([1, 1])
})

test('a lead sees the trial in the chart and exports it as CSV, marked SIMULATED', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.goto('/outcomes')
  await expect(page.getByText('This lab has no real trials yet')).toBeVisible()
  const installs = page.getByRole('region', { name: 'Trials of an install', exact: true })
  const row = installs.getByRole('row', { name: /^10\.3\.3/ })
  // The demo already has trials from 10.3.3.
  await expect(row.getByText(/2 ×\s+Installed as expected/)).toBeVisible()
  const two = installs.getByRole('row', { name: /^11\.2\.6/ })
  await expect(two.getByText(/n < 3/)).toBeVisible()

  await page.goto('/trials?environment=simulated')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'trials (CSV)' }).click()
  const file = await download
  expect(file.suggestedFilename()).toContain('SIMULATED')
  const text = await readFile(await file.path(), 'utf8')
  // `columns: true` makes each row an object by column.
  const rows = parse(text, { columns: true }) as Record<string, string>[]
  const mine = rows.find(({ trial_id }) => trial_id === trialName)
  expect(mine).toMatchObject({
    lab_tag: 'B-01',
    start_os: '10.3.3',
    start_build: '14G60',
    end_os: '12.1',
    end_build: '16B92',
    outcome: 'installedAsExpected',
    slots_sent: '2',
    environment: 'SIMULATED',
  })
})

test('a contributor cannot review a trial; a lead queries, approves, locks and unlocks it', async ({
  signedIn,
  facts,
}) => {
  const [engineer, lead] = [await signedIn('engineer'), await signedIn('lead')]
  const open = async (page: Page) => {
    await page.goto('/trials?environment=simulated&review=toReview')
    await page.getByRole('link', { name: trialName, exact: true }).click()
    return page.getByRole('region', { name: 'Review' })
  }
  const sign = async (page: Page, role: 'lead', verb: string) => {
    const password = facts.users.find((one) => one.role === role)?.password ?? ''
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Your password').fill(password)
    await dialog.getByRole('button', { name: verb, exact: true }).click()
    await expect(dialog).toBeHidden()
  }

  const own = await open(engineer)
  await expect(
    own.getByText(/You contributed to this trial \(drafted.*another person reviews it/),
  ).toBeVisible()
  await expect(own.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled()

  const review = await open(lead)
  await lead.getByRole('link', { name: 'Ask about: Outcome', exact: true }).click()
  await expect(review.getByRole('combobox', { name: 'Ask about' })).toHaveValue('Outcome')
  await review.getByLabel('Question').fill('Who watched the progress bar to its end?')
  await review.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(review.getByText('1 of 1 query is open')).toBeVisible()
  await expect(review.getByRole('button', { name: 'Approve…' })).toBeDisabled()
  const outcome = lead.getByRole('region', { name: 'Outcome' })
  await expect(outcome.getByRole('link', { name: 'open query' })).toBeVisible()

  await own.getByPlaceholder('Answer, or closing remark').fill('I did, until it was dark.')
  await own.getByRole('button', { name: 'Answer', exact: true }).click()
  // With its heading: the field that it is typed in holds the text as well.
  await expect(own.getByText(/^Answer: I did, until it was dark\./)).toBeVisible()

  await review.getByRole('button', { name: 'Close the query' }).click()
  await expect(outcome.getByRole('link', { name: 'query closed' })).toBeVisible()
  const timeline = engineer.getByRole('list', { name: 'Timeline' })
  await timeline.getByRole('button', { name: 'correct' }).first().click()
  const correcting = engineer.getByRole('dialog')
  await correcting.getByRole('button', { name: 'Rebooted' }).click()
  await correcting.getByLabel('Reason for the correction').fill('it was dark, not a bar')

  await review.getByRole('button', { name: 'Approve…' }).click()
  await sign(lead, 'lead', 'Approve')
  await expect(review.getByText(/Approved by Lee Lead.*in force/)).toBeVisible()

  // A correction begun before the approval is refused too.
  await correcting.getByRole('button', { name: 'Log it' }).click()
  await expect(
    correcting.getByText(/nothing is written to its record until a lead unlocks it/),
  ).toBeVisible()

  await review.getByRole('button', { name: 'Lock…', exact: true }).click()
  await sign(lead, 'lead', 'Lock')
  await expect(
    lead.getByRole('list', { name: 'Steps of a trial' }).locator('[aria-current]'),
  ).toHaveText('Locked')

  await review.getByRole('button', { name: 'Unlock…' }).click()
  await lead.getByLabel('Reason').fill('the wrong serial was noted')
  await sign(lead, 'lead', 'Unlock')
  const acts = review.getByRole('list', { name: 'Approvals and locks' })
  await expect(acts.getByText(/^Approved by Lee Lead.*no longer in force/)).toBeVisible()
  await expect(acts.getByText(/^Locked by Lee Lead.*the wrong serial was noted/)).toBeVisible()
})

test('a printed trial is its full record: nothing folded, no buttons', async ({ signedIn }) => {
  const page = await signedIn('lead')
  await page.goto('/trials?environment=simulated')
  await page.getByRole('link', { name: trialName, exact: true }).click()
  await expect(page.getByRole('region', { name: 'History' })).toBeVisible()
  const signed = page.getByRole('region', { name: 'Signatures' }).locator('details pre').first()
  await expect(signed).toBeHidden()
  await page.emulateMedia({ media: 'print' })
  await expect(signed).toBeVisible()
  await expect(page.getByText('live', { exact: true })).toBeHidden()
  for (const name of ['History', 'Next step'])
    await expect(page.getByRole('region', { name, includeHidden: true })).toBeHidden()
  await expect(page.getByRole('button')).toHaveCount(0)
})

test('on a phone no page of a trial is wider than the screen', async ({ signedIn }) => {
  const page = await signedIn('lead')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/trials?environment=simulated')
  const trial = await page.getByRole('link', { name: trialName, exact: true }).getAttribute('href')
  await page.goto('/devices?environment=simulated')
  const device = await page.getByRole('link', { name: 'Bench iPhone 6s' }).getAttribute('href')
  for (const address of [trial ?? '', device ?? '', '/trials', '/outcomes', '/audit', '/account']) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width, `width of ${address} in CSS pixels`).toBeLessThanOrEqual(390)
    // The header clips its overflow, so the width of the page does not show it.
    const account = await page.getByRole('button', { name: /, account$/ }).boundingBox()
    expect((account?.x ?? 390) + (account?.width ?? 1), address).toBeLessThanOrEqual(390)
  }
})
