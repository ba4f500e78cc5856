import { expect, type Locator, type Page } from '@playwright/test'
import { check, type Findings } from './check'

const popup = '[role="dialog"], [role="menu"], [role="listbox"]'

/** Buttons that open something: by this app's convention they have aria-haspopup or end in "…". */
const openersOn = (page: Page): Locator =>
  page
    .locator('button:enabled')
    .filter({ hasText: /…$/ })
    .or(page.locator('[aria-haspopup]:enabled'))
    .filter({ visible: true })

const nameOf = async (opener: Locator): Promise<string> =>
  opener
    .evaluate((element) =>
      (element.getAttribute('aria-label') ?? element.getAttribute('name') ?? element.textContent)
        ?.replaceAll(/\d+/g, '0')
        .trim(),
    )
    .then((name) => name ?? '')

/**
 * Opens and checks each menu, list and dialog of a page that was not opened before.
 * @param opened names of the buttons used before; this adds to it
 */
export async function checkOpened(
  page: Page,
  place: string,
  findings: Findings,
  opened: Set<string>,
): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 800 })
  const openers = openersOn(page)
  for (let index = 0; index < (await openers.count()); index += 1) {
    const opener = openers.nth(index)
    const name = await nameOf(opener)
    if (opened.has(name)) continue
    opened.add(name)
    await opener.click()
    await expect(
      page.locator(popup).filter({ visible: true }).first(),
      `${place}: ${name}`,
    ).toBeVisible()
    await check(page, `${place}, ${name}`, findings, popup)
    await checkItems(page, { place, opener, findings, opened })
    await close(page)
  }
}

type Menu = { place: string; opener: Locator; findings: Findings; opened: Set<string> }

/** Checks the dialogs that the entries of the open menu open. */
async function checkItems(page: Page, { place, opener, findings, opened }: Menu): Promise<void> {
  const items = page.locator('[role="menuitem"]:enabled').filter({ hasText: /…$/ })
  for (const name of await items.allTextContents()) {
    if (opened.has(name)) continue
    opened.add(name)
    await page.setViewportSize({ width: 1280, height: 800 })
    if ((await items.count()) === 0) await opener.click()
    await items.filter({ hasText: name }).click()
    await expect(page.locator('[role="dialog"]'), `${place}: ${name}`).toBeVisible()
    await check(page, `${place}, ${name}`, findings, '[role="dialog"]')
    await close(page)
  }
}

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await expect(page.locator(popup).filter({ visible: true })).toHaveCount(0)
}
