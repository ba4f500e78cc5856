import type { Locator, Page } from '@playwright/test'
import { expect, test } from './lab'

/** Where each link and button stands, in CSS pixels from the top, and where the page ends. */
const placesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => [
    ...[...document.querySelectorAll('main a, main button')]
      .filter(({ textContent }) => textContent)
      .map((one) => `${one.textContent} ${Math.round(one.getBoundingClientRect().top)}`),
    `the end ${document.documentElement.scrollHeight}`,
  ])

/**
 * The places on one and the same page before its scripts run and after: other tests change the lab meanwhile, so a
 * second load could show another count.
 */
async function placesBeforeAndAfter(page: Page, address: string): Promise<[string[], string[]]> {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/*.js*', async (route) => {
    await released
    await route.continue()
  })
  // An age that grows from 59 s to 1 min may need another line, at any time: not what is asked here.
  await page.clock.setFixedTime(new Date())
  await page.goto(address, { waitUntil: 'domcontentloaded' })
  await page.evaluate(() => document.fonts.ready)
  const written = await placesOf(page)
  expect(written.length, address).toBeGreaterThan(1)
  release()
  await expect(page.getByRole('button', { name: /^Use (dark|light) colours$/ })).toBeEnabled()
  // The first effects have run when the page has been drawn twice.
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  )
  const taken = await placesOf(page)
  await page.unroute('**/*.js*')
  return [written, taken]
}

// What moves by a line while a finger comes down lands the press beside its target: a release, a link to a report.
for (const width of [1280, 390])
  test(`a page stays in its place when the browser takes it over, ${width} px wide`, async ({
    signedIn,
  }) => {
    const page = await signedIn('lead')
    // Pages follow what other tests change meanwhile, which is not asked here: their stream of events never begins.
    await page.route('**/api/events*', () => undefined)
    await page.goto('/trials?environment=simulated&state=concluded&text=Origin')
    const firstLink = (within: Locator) => within.getByRole('link').first().getAttribute('href')
    const trial = await firstLink(page.getByRole('row', { name: /^T-\d+/ }).first())
    await page.goto('/devices?environment=simulated')
    const device = await firstLink(page.getByRole('row', { name: 'B-01' }))
    await page.setViewportSize({ width, height: 800 })
    for (const address of [
      trial ?? '',
      `${trial}/report`,
      device ?? '',
      '/account',
      '/outcomes/flow?environment=simulated',
      '/reports/for-other-labs?environment=simulated&state=concluded&text=Origin',
      '/reports/freeze?environment=simulated&state=concluded&text=Origin',
      '/releases',
    ]) {
      const [written, taken] = await placesBeforeAndAfter(page, address)
      expect(taken, address).toEqual(written)
    }
  })
