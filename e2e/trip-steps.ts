import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page } from '@playwright/test'
import sharp from 'sharp'

/** Saves the form as a new protocol of this title, and gives the address of its page. */
export async function saveProtocolAs(page: Page, title: string): Promise<string> {
  await page.getByLabel('Title').fill(title)
  await page.getByRole('button', { name: 'Save the protocol' }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  return new URL(page.url()).pathname
}

/** A version on the page of its protocol. */
export const versionOf = (page: Page, number: number): Locator =>
  page.getByRole('region', { name: `Version ${number}` })

/** Reviews version 1 on the page of its protocol, as the lead who is signed in there. */
export async function reviewFirstVersion(lead: Page, note: string): Promise<void> {
  await lead.getByRole('button', { name: 'Review version 1' }).click()
  await lead.getByLabel('Note').fill(note)
  await lead.getByRole('button', { name: 'Mark as reviewed' }).click()
  await expect(versionOf(lead, 1)).toContainText(`: ${note}`)
  await expect(versionOf(lead, 1)).toContainText(/Reviewed by/)
}

/** What a field for a day and time takes, in UTC, so many minutes from now. */
const inMinutes = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16)

type Booked = { protocol: RegExp; from: number; until: number; expectation: string }

/** Fills in and sends the booking of the device whose page is open, to 12.1 and in minutes from now. */
export async function bookTrial(
  page: Page,
  { protocol, from, until, expectation }: Booked,
): Promise<void> {
  await page.getByRole('link', { name: 'Book a trial' }).click()
  const form = page.getByRole('form', { name: 'Book a trial' })
  await form.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: protocol }).click()
  await form.getByRole('textbox', { name: 'Target' }).fill('12.1')
  await form.getByLabel('From').fill(inMinutes(from))
  await form.getByLabel('Until').fill(inMinutes(until))
  await form.getByRole('textbox', { name: 'What you expect' }).fill(expectation)
  await form.getByRole('button', { name: 'Book the trial' }).click()
}

/** Presses "Draft the trial" of the first booking on the page of its device. */
export const draftBooking = (page: Page): Promise<void> =>
  page
    .getByRole('region', { name: 'Bookings' })
    .getByRole('button', { name: /^Draft the trial: / })
    .first()
    .click()

/** The worker has the page, and the page is kept for when there is no connection. */
export async function keptOffline(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await expect(page.getByText('Kept in this browser')).toBeAttached()
}

/** What was tapped and is not in the record yet. */
export const tapped = (page: Page): Locator => page.getByRole('region', { name: 'Tapped' })

/**
 * Taps, and takes it back in the same moment: on a busy machine the five seconds for it are over before a press that a test
 * makes arrives.
 * @param label what the tap is called while it waits
 */
export async function tapAndUndo(page: Page, button: Locator, label: string): Promise<void> {
  await page.evaluate((name) => {
    new MutationObserver((_, observer) => {
      const group = [...document.querySelectorAll('[role="group"]')].find(
        (one) => one.getAttribute('aria-label') === name,
      )
      const undo = [...(group?.querySelectorAll('button') ?? [])].find(
        ({ textContent }) => textContent === 'Undo',
      )
      if (!undo) return
      observer.disconnect()
      undo.click()
    }).observe(document.body, { childList: true, subtree: true })
  }, label)
  await button.click()
  await expect(page.getByRole('group', { name: label })).toHaveCount(0)
}

/** Takes what a browser says of requests that have no network out of the errors that fail a test. */
export function ignoreOffline(errors: string[]): void {
  const others = errors.filter(
    (text) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch|when fetching the script/.test(text),
  )
  errors.splice(0, errors.length, ...others)
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** A photo that is no other one's: the same file is taken once. */
export const randomPhoto = (width: number, height: number): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()

/** Takes a photo with the camera of the bench. */
export async function takePhoto(
  page: Page,
  name: string,
  buffer: Buffer,
  mimeType = 'image/jpeg',
): Promise<void> {
  const bench = page.getByRole('region', { name: 'Bench' })
  // A person's press waits for this; what a test puts in a field before React listens to it is lost.
  await expect(bench.getByRole('button', { name: 'Camera' })).toBeEnabled()
  await bench.locator('input[type=file][capture]').setInputFiles({ name, mimeType, buffer })
}

/** The file that a link hands out. */
export async function downloadOf(page: Page, link: Locator): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  return readFileSync(await file.path())
}

/** Gives a file to the form on the page of reports that says what it is. */
export async function verifyFile(page: Page, name: string, buffer: Buffer): Promise<void> {
  const form = page.getByRole('form', { name: 'Verify a file' })
  await chooseZip(form, name, buffer)
  await form.getByRole('button', { name: 'Verify' }).click()
}

/** Chooses the ZIP of a form, once the form listens: a person cannot press its field earlier, but a test can fill it. */
export async function chooseZip(form: Locator, name: string, buffer: Buffer): Promise<void> {
  const field = form.locator('input[type=file]')
  await expect(field).toBeEnabled()
  await field.setInputFiles({ name, mimeType: 'application/zip', buffer })
}
