import type { Page } from '@playwright/test'
import { paths } from '@/lib/paths'
import { expect, test } from './lab'
import { liveTrialOn } from './quick-lab'

// The worker of the bench would ask for the files itself, past the test.
test.use({ contextOptions: { serviceWorkers: 'block' } })

/** Which files are loaded after the page: its HTML does not name them. */
async function lateFiles(page: Page, address: string): Promise<(url: URL) => boolean> {
  const html = await (await page.request.get(address)).text()
  return ({ pathname }) =>
    /^\/_next\/static\/.*\.(js|css)$/.test(pathname) && !html.includes(pathname)
}

// Of O-8 of the demo nothing is recorded here.
test('a press before its code is there is remembered, and opens what it asked for', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  const address = paths.trial(await liveTrialOn('O-8'), { view: 'bench' })
  let letThrough = () => {}
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route(await lateFiles(page, address), async (route) => {
    await held
    await route.continue()
  })
  await page.goto(address)
  const bench = page.getByRole('region', { name: 'Bench', exact: true })
  await bench.getByRole('button', { name: 'Something else', exact: true }).click()
  await expect(page.getByText('Loading…')).toBeVisible()
  const seenAt = bench.getByLabel('Seen at')
  await expect(seenAt).toHaveCount(0)
  letThrough()
  await expect(bench.getByLabel('What was seen')).toBeVisible()
  await expect(page.getByText('Loading…')).toHaveCount(0)
  await bench.getByRole('button', { name: 'Cancel' }).click()
  await expect(seenAt).toHaveCount(0)
  await expect(bench.getByRole('button', { name: 'Something else', exact: true })).toBeFocused()
})

test('code that cannot be loaded is said, the next press tries again, and Escape gives the focus back', async ({
  signedIn,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  const address = paths.trial(await liveTrialOn('O-8'), { view: 'record' })
  const isLate = await lateFiles(page, address)
  await page.route(isLate, (route) => route.abort())
  await page.goto(address)
  const record = page.getByRole('button', { name: 'Record a deviation…' })
  const more = page.getByRole('button', { name: 'More', exact: true })
  for (const button of [record, more]) {
    await button.click()
    const said = page.getByRole('alert').filter({ hasText: 'could not be loaded' })
    await expect(said).toBeVisible()
    await expect(button).toBeEnabled()
    await said.getByRole('button', { name: 'Close' }).click()
    await expect(said).toHaveCount(0)
  }

  await page.unroute(isLate)
  await record.click()
  const dialog = page.getByRole('dialog', { name: 'Record a deviation' })
  await expect(dialog).toBeVisible()
  await expect(dialog.locator(':focus')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(record).toBeFocused()

  await more.press('Enter')
  const withdraw = page.getByRole('menuitem', { name: 'Withdraw…' })
  await expect(withdraw).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menu').locator(':focus')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(withdraw).toHaveCount(0)
  await expect(more).toBeFocused()

  const others = consoleErrors.filter((text) => !/ERR_FAILED/.test(text))
  consoleErrors.splice(0, consoleErrors.length, ...others)
})
