import type { Browser, Page } from '@playwright/test'
import { expect, test } from './lab'

const heightOf = (page: Page) => page.evaluate(() => document.documentElement.scrollHeight)

/** The height of a page as the server wrote it: no script runs. */
async function heightAsWritten(browser: Browser, page: Page, address: string): Promise<number> {
  const context = await browser.newContext({
    storageState: await page.context().storageState(),
    viewport: page.viewportSize(),
    javaScriptEnabled: false,
  })
  const still = await context.newPage()
  await still.goto(new URL(address, page.url()).href)
  const height = await heightOf(still)
  await context.close()
  return height
}

// What moves by a line while a finger comes down lands the press beside its target: a release, a link to a report.
for (const width of [1280, 390])
  test(`a page stays in its place when the browser takes it over, ${width} px wide`, async ({
    browser,
    signedIn,
  }) => {
    const page = await signedIn('lead')
    await page.setViewportSize({ width, height: 800 })
    await page.goto('/trials?environment=simulated&state=concluded&text=Origin')
    const trial = await page
      .getByRole('link', { name: /^T-\d+/ })
      .first()
      .getAttribute('href')
    for (const address of [
      trial ?? '',
      `${trial}/report`,
      '/reports/for-other-labs?environment=simulated&state=concluded&text=Origin',
      '/reports/freeze?environment=simulated&state=concluded&text=Origin',
      '/releases',
    ]) {
      const written = await heightAsWritten(browser, page, address)
      await page.goto(address)
      await expect(page.getByRole('button', { name: /^Use (dark|light) colours$/ })).toBeEnabled()
      // The first effects have run when the page has been drawn twice.
      await page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      )
      expect(await heightOf(page), address).toBe(written)
    }
  })
