import { devices, type Page } from '@playwright/test'
import { paths } from '@/lib/paths'
import { expect, test } from './lab'
import { liveTrialOn } from './quick-lab'
import { tapAndUndo } from './trip-steps'

const screen = { width: 390, height: 844 }

type Measured = typeof globalThis & { onewayShift?: number }

/** Adds up how far the layout shifts without somebody having pressed anything just before. */
const measureShifts = () => {
  const measured: Measured = globalThis
  measured.onewayShift = 0
  new PerformanceObserver((list) => {
    // The DOM types have no LayoutShift: https://developer.mozilla.org/en-US/docs/Web/API/LayoutShift
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number
      hadRecentInput: boolean
    })[])
      if (!entry.hadRecentInput) measured.onewayShift = (measured.onewayShift ?? 0) + entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}
const shifts = (page: Page) => page.evaluate(() => (globalThis as Measured).onewayShift)
const heightOf = (page: Page) => page.evaluate(() => document.documentElement.scrollHeight)

const sightings = [
  ...['Screen dark', 'Prompt shown', 'Passcode asked'],
  ...['Download seen', 'Nothing happens', 'Phone call'],
]

// The demo has logged these once itself.
const ofDemo = ['Prompt shown', 'Download seen']

// O-7 of the demo is under way and shows its prompt. No other spec logs sightings in its trial; `attachments` adds photos.
test('on a phone a live trial is one screen: six sightings in six taps, and a step ticked off', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.setViewportSize(screen)
  await page.addInitScript(measureShifts)
  const trial = await liveTrialOn('O-7')
  await page.goto(paths.trial(trial))
  const bench = page.getByRole('region', { name: 'Bench' })
  await expect(bench.getByRole('timer')).toHaveText(/since release · deadline in/)
  await expect(page.getByRole('region', { name: 'Next step' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Timeline', includeHidden: true })).toBeHidden()
  await expect(bench.getByRole('button', { name: 'Done', exact: true })).toBeEnabled()
  expect(await heightOf(page), 'CSS pixels').toBeLessThanOrEqual(screen.height)
  expect(await shifts(page), 'CLS').toBeLessThanOrEqual(0.05)
  for (const name of ['Done', ...sightings]) {
    const box = await bench.getByRole('button', { name, exact: true }).boundingBox()
    expect(box?.height, name).toBeGreaterThanOrEqual(44)
    expect((box?.y ?? 0) + (box?.height ?? 0), name).toBeLessThanOrEqual(screen.height)
  }

  for (const name of sightings) await bench.getByRole('button', { name, exact: true }).click()
  expect(await heightOf(page), 'CSS pixels with six taps').toBeLessThanOrEqual(screen.height)
  await expect(bench.getByRole('region', { name: 'Tapped' })).toHaveCount(0)
  await expect(bench.getByText(/Seen and not expected here: .*Prompt shown/)).toBeVisible()
  await tapAndUndo(page, bench.getByRole('button', { name: 'Done', exact: true }), 'Step 1 done')
  await expect(bench.getByRole('region', { name: 'Tapped' })).toHaveCount(0)
  await bench.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(bench.getByText('Logged: Step 1 done')).toBeVisible()
  await expect(bench.getByText(/^Step 1: Seen and not expected here/)).toBeVisible()
  expect(await heightOf(page), 'CSS pixels with a difference').toBeLessThanOrEqual(screen.height)

  await page.getByRole('link', { name: 'Full record' }).click()
  await expect(page).toHaveURL(/view=record/)
  await page.reload()
  const timeline = page.getByRole('list', { name: 'Timeline' })
  for (const name of sightings)
    await expect(timeline.getByText(`Seen: ${name}`)).toHaveCount(ofDemo.includes(name) ? 2 : 1)
  await expect(timeline.getByText(/^Step 1 done: /)).toBeVisible()
  await page.getByRole('link', { name: 'Bench mode' }).click()
  await expect(timeline).toBeHidden()
})

test.describe('the browser of a phone', () => {
  test.use({ contextOptions: { viewport: screen, userAgent: devices['iPhone 15'].userAgent } })

  test('it gets the bench alone, a third of the page; the record is one tap away', async ({
    signedIn,
  }) => {
    const page = await signedIn('engineer')
    const trial = paths.trial(await liveTrialOn('O-7'))
    const timeline = page.getByRole('list', { name: 'Timeline', includeHidden: true })
    const sizes = []
    for (const address of [trial, `${trial}?view=record`])
      sizes.push(Buffer.byteLength((await (await page.goto(address))?.body()) ?? ''))
    const [bench = 0, record = 0] = sizes
    expect(bench).toBeGreaterThan(10_000)
    expect(bench).toBeLessThan(record / 2)

    await page.goto(trial)
    await expect(timeline).toHaveCount(0)
    await page.emulateMedia({ media: 'print' })
    await expect(page.getByText('print the full record', { exact: false })).toBeVisible()
    await page.emulateMedia({ media: 'screen' })
    await page.getByRole('link', { name: 'Full record' }).click()
    await expect(timeline).toBeVisible()
  })
})

test('a tick is corrected and a deviation judged by further entries, with their reasons', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  await page.goto(paths.trial(await liveTrialOn('O-7'), { view: 'record' }))
  const steps = page.getByRole('list', { name: 'Steps of the protocol' })
  const second = steps.getByRole('listitem').filter({ hasText: 'Step 2 of 2' })
  await second.getByRole('button', { name: 'Not done…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Record it' }).click()
  await expect(dialog.getByText(/say why it was not done/i)).toBeVisible()
  await dialog.getByLabel('Why it was not done').fill('Nobody was at the bench')
  await dialog.getByRole('button', { name: 'Record it' }).click()
  await expect(second.getByText('Not done', { exact: true })).toBeVisible()

  const deviations = page.getByRole('region', { name: 'Deviations' })
  const found = deviations.getByRole('listitem').filter({ hasText: 'Step not done' })
  await expect(found).toContainText('Not judged yet')
  await found.getByRole('button', { name: 'judge or correct' }).click()
  await dialog.getByRole('textbox', { name: /^Why/ }).fill('The shift ended before the hour')
  await dialog.getByLabel('Effect on the result').click()
  await page.getByRole('option', { name: 'No effect on the result' }).click()
  await dialog.getByLabel('Reason for this entry').fill('Judged with the lead')
  await dialog.getByRole('button', { name: 'Record it' }).click()
  await expect(found).toContainText('No effect on the result')
  await expect(found).toContainText('Corrected: Judged with the lead')

  await second.getByRole('button', { name: 'correct' }).click()
  await dialog.getByLabel('was done', { exact: true }).check()
  await dialog.getByLabel('Reason for the correction').fill('It was done, by somebody else')
  await dialog.getByRole('button', { name: 'Record it' }).click()
  await expect(second.getByText('Done', { exact: true })).toBeVisible()
  await expect(second).toContainText('Corrected: It was done, by somebody else')
})
