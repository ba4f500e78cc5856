import { expect, type Page } from '@playwright/test'
import { fullQuery } from '@/lib/core/release/query-device'
import { type Role, readFacts } from './facts'

/**
 * Queries a device of the demo and waits until all of that query is answered and shown: an answer that came later would
 * change what a release was confirmed on. The demo queries every device when its worker starts; that comes first.
 */
export async function queryDevice(page: Page, labTag: string): Promise<void> {
  await page.goto('/devices?environment=simulated')
  await page.getByRole('row', { name: labTag }).getByRole('link').first().click()
  const query = page.getByRole('button', { name: 'Query device' })
  const commands = page.getByRole('region', { name: 'Commands' }).locator('li')
  await expect(query).toBeEnabled()
  const before = await commands.count()
  await query.click()
  await expect
    .poll(async () => ({ asked: await commands.count(), open: !(await query.isEnabled()) }))
    .toEqual({ asked: before + fullQuery.length, open: false })
}

/**
 * Drafts a trial in the form. Specs run in parallel and a device can have one trial at a time, so each
 * spec needs a demo device of its own.
 */
export async function draftTrial(page: Page, labTag: string, protocol: string): Promise<void> {
  await page.goto('/trials/new?environment=simulated')
  await page.getByRole('combobox', { name: 'Device' }).click()
  await page.getByRole('option', { name: new RegExp(labTag) }).click()
  await page.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: new RegExp(protocol) }).click()
  await page.getByLabel('What you expect').fill('The second command installs it.')
  await page.getByRole('button', { name: 'Draft the trial' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^T-\d+$/ })).toBeVisible()
}

export async function registerAndArm(page: Page, serialLast4: string): Promise<void> {
  await page.getByRole('button', { name: 'Register and seal' }).click()
  await page.getByLabel('Last four of the serial').fill(serialLast4)
  await page.getByRole('button', { name: 'Arm', exact: true }).click()
  await goToRelease(page)
}

/** In bench mode, which a phone is in from the arming on, the release is a link away. */
export async function goToRelease(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Release…' })
  const next = page.getByRole('region', { name: 'Next step' })
  const link = next.getByRole('link', { name: 'Go there' })
  await expect(button.or(link).first()).toBeVisible()
  if (!(await button.isVisible())) await link.click()
  await expect(button).toBeVisible()
}

/** Enters the role's password in the open dialog and presses its button. @param within milliseconds for each of the two */
export async function sign(
  page: Page,
  verb: string,
  role: Role = 'engineer',
  within?: number,
): Promise<void> {
  const limit = within === undefined ? {} : { timeout: within }
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your password').fill(passwordOf(role), limit)
  await dialog.getByRole('button', { name: verb }).click(limit)
}

export function passwordOf(role: Role): string {
  const user = readFacts().users.find((one) => one.role === role)
  if (!user) throw new Error(`the demo has no ${role}`)
  return user.password
}

/**
 * Releases the offered command. If a reading changes while the dialog is open, the release is refused and
 * must be pressed again, so this retries.
 */
export async function release(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Release…' }).click()
  const dialog = page.getByRole('dialog')
  const changed = page.getByRole('alert').filter({ hasText: 'something has changed' })
  await expect(dialog).toBeVisible()
  await expect(async () => {
    // A device may answer while the dialog is open: open it again to confirm the new state.
    if (await changed.isVisible()) {
      await page.getByRole('button', { name: 'Release…' }).click({ timeout: 5_000 })
      await expect(dialog).toBeVisible({ timeout: 5_000 })
    }
    // A successful release closes the dialog, possibly while `sign` still looks for its button.
    if (await dialog.isVisible()) await sign(page, 'Release, then hold', 'engineer', 5_000)
    await expect(dialog).toBeHidden({ timeout: 10_000 })
    await expect(changed).toBeHidden({ timeout: 500 })
  }).toPass({ timeout: 240_000 })
}
