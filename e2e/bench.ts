import { expect, type Page } from '@playwright/test'

/** Opens a device of the demo and asks it, until every question is answered. */
export async function askDevice(page: Page, labTag: string): Promise<void> {
  await page.goto('/devices?world=simulated')
  await page.getByRole('row', { name: labTag }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'Ask the device' }).click()
  // The last of the four questions; its reading says that all were answered.
  await expect(
    page.getByRole('row', { name: /Update on the device/ }).getByText('simulated'),
  ).toBeVisible({ timeout: 30_000 })
}

/** Drafts a trial on the device whose page is open, as an engineer does. */
export async function draftTrial(page: Page, labTag: string, protocol: string): Promise<void> {
  await page.goto('/trials/new?world=simulated')
  await page.getByRole('combobox', { name: 'Device' }).click()
  await page.getByRole('option', { name: new RegExp(labTag) }).click()
  await page.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: new RegExp(protocol) }).click()
  await page.getByLabel('What you expect').fill('The second command installs it.')
  await page.getByRole('button', { name: 'Draft the trial' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /^T-\d+$/ })).toBeVisible()
}

/** Registers and arms the trial on the page with the end of the serial. */
export async function registerAndArm(page: Page, serialLast4: string): Promise<void> {
  await page.getByRole('button', { name: 'Register and seal' }).click()
  await page.getByLabel('Last four of the serial').fill(serialLast4)
  await page.getByRole('button', { name: 'Arm', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Release…' })).toBeVisible()
}

/** Releases the command that is offered, looking at the confirmation first. */
export async function release(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Release now' }).click()
}
