import { expect, test } from '../lab'
import { listRoutes } from './routes'

type Watched = typeof globalThis & { onewayViolations?: string[] }

/** Runs in the page before its own scripts. */
const recordViolations = () => {
  const watched: Watched = globalThis
  const found: string[] = []
  watched.onewayViolations = found
  document.addEventListener('securitypolicyviolation', (event) => {
    found.push(
      `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`,
    )
  })
}

const violations = () => {
  const watched: Watched = globalThis
  return watched.onewayViolations ?? ['nothing was recorded']
}

for (const scheme of ['light', 'dark'] as const)
  test(`no page violates its Content Security Policy or logs an error (${scheme})`, async ({
    signedIn,
    facts,
  }) => {
    const page = await signedIn('admin')
    await page.emulateMedia({ colorScheme: scheme })
    await page.addInitScript(recordViolations)
    const routes = await listRoutes(facts.databaseUrl)
    // Skip records that the demo lacks: a 404 counts as a console error.
    const pages = routes.filter(({ isPage, url }) => isPage && !url.split('/').includes('none'))
    for (const { url } of pages) {
      await page.goto(url)
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme)
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
      expect(await page.evaluate(violations), url).toEqual([])
    }
  })

test('the scheme switch and client-side navigation keep to the Content Security Policy', async ({
  signedIn,
}) => {
  const page = await signedIn('lead')
  await page.addInitScript(recordViolations)
  await page.goto('/devices')
  await page.getByRole('link', { name: 'Trials' }).first().click()
  await expect(page).toHaveURL(/\/trials/)
  await page
    .getByRole('button', { name: /colour|color|scheme|light|dark/i })
    .first()
    .click()
  await page.getByRole('link', { name: 'Devices' }).first().click()
  await expect(page).toHaveURL(/\/devices/)
  expect(await page.evaluate(violations)).toEqual([])
})

const injected = `<script>document.title = 'taken'</script>
<script src="data:text/javascript,document.title='taken'"></script>
<img src="data:," onerror="document.title = 'taken'">
<a id="injected" href="javascript:void (document.title = 'taken')">injected</a>`

test('F47: a script injected without the nonce does not run', async ({ page, consoleErrors }) => {
  await page.route('**/sign-in', async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replace('</body>', `${injected}</body>`)
    await route.fulfill({ response, body })
  })
  await page.goto('/sign-in')
  await page.locator('#injected').click()
  await expect
    .poll(() => consoleErrors.filter((text) => /Content Security Policy/.test(text)).length)
    .toBeGreaterThanOrEqual(4)
  expect(await page.title()).not.toBe('taken')
  consoleErrors.length = 0
})
