import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { paths } from '@/lib/paths'
import { expect, test } from './lab'
import { liveTrialOn } from './quick-lab'
import { randomPhoto, sha256, takePhoto } from './trip-steps'

// On the demo's live trial of O-7. Its photos stay there: each has a name of its own.
test.describe.configure({ mode: 'serial' })
test.use({ contextOptions: { viewport: { width: 390, height: 844 } } })

async function openTrial(page: Page): Promise<string> {
  const trial = await liveTrialOn('O-7')
  await page.goto(paths.trial(trial))
  await expect(page.getByRole('button', { name: 'Camera' })).toBeEnabled()
  return trial
}

const showRecord = (page: Page, trial: string) => page.goto(paths.trial(trial, { view: 'record' }))

const bench = (page: Page) => page.getByRole('region', { name: 'Photos and recordings' })
const isAttached = (page: Page) =>
  expect(bench(page).getByText('attached', { exact: true })).toBeVisible()
const shown = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Attachments' }).getByRole('button', { name })

test('an iPhone’s photo is attached from the camera, has a preview, and is handed out byte for byte', async ({
  signedIn,
}) => {
  const page = await signedIn('engineer')
  const trial = await openTrial(page)
  const heic = readFileSync('lib/attachment-store/testdata/photo.heic')
  await takePhoto(page, '../../IMG_0007.HEIC', heic, 'image/heic')
  await isAttached(page)
  await showRecord(page, trial)
  const one = shown(page, 'IMG_0007.HEIC')
  await expect(one).toContainText(`SHA-256 ${sha256(heic).slice(0, 12)}`)
  const picture = one.getByRole('img')
  await expect(picture).toHaveJSProperty('naturalWidth', 160)

  await one.click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText(sha256(heic))).toBeVisible()
  await expect(dialog.getByText('taken 2026-11-29 15:02:11 +01:00')).toBeVisible()
  const original = dialog.getByRole('link', { name: 'Download the original' })
  const answer = await page.request.get((await original.getAttribute('href')) ?? '')
  expect(await answer.body()).toEqual(heic)
  expect(answer.headers()['content-disposition']).toMatch(
    /^attachment; filename="SIMULATED-T-\d+-attachment-\d+\.heic"$/,
  )
  expect(answer.headers()['content-security-policy']).toMatch(/^default-src 'none'.*sandbox$/)

  await dialog.getByRole('button', { name: 'Withdraw…' }).click()
  const asked = page.getByRole('dialog', { name: /^Withdraw attachment/ })
  await asked.getByRole('textbox').fill('It shows another device.')
  await asked.getByRole('button', { name: 'Withdraw' }).click()
  await expect(page.getByText('It shows another device.').first()).toBeVisible()
})

test('HTML with the name of a photo is refused in words, and nothing of it is kept', async ({
  signedIn,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  await openTrial(page)
  await takePhoto(page, 'photo.png', Buffer.from(`<!doctype html>${' '.repeat(2000)}`), 'image/png')
  await expect(bench(page).getByRole('alert')).toContainText('whatever its name says')
  await expect(shown(page, 'photo.png')).toHaveCount(0)
  // Chromium logs the answer 415.
  expect(consoleErrors.splice(0).join()).toContain('415')
})

test('an upload whose session ends goes on after a sign-in elsewhere, and a lost connection by itself', async ({
  signedIn,
  facts,
  consoleErrors,
}) => {
  const page = await signedIn('engineer')
  const trial = await openTrial(page)
  const bytes = await randomPhoto(3100, 3100)
  expect(bytes.length).toBeGreaterThan(9 * 1024 * 1024)
  const offsets: number[] = []
  let failures = 3
  let isOver = false
  let goOn = () => {}
  const again = new Promise<void>((resolve) => {
    goOn = resolve
  })
  // A change of the trial refreshes the page, which without a session leads to the sign-in: here in another tab.
  await page.route(
    ({ searchParams }) => searchParams.has('_rsc'),
    async (route) => {
      if (isOver) await again
      await route.continue()
    },
  )
  await page.route('**/uploads/*', async (route) => {
    const request = route.request()
    if (request.method() !== 'PATCH') return route.continue()
    const offset = Number(request.headers()['upload-offset'])
    if (offset > 0 && failures-- > 0) return route.abort('connectionreset')
    offsets.push(offset)
    // The session ends after the second part.
    if (offsets.length === 3) {
      isOver = true
      await page.context().clearCookies()
    }
    return route.continue()
  })
  await takePhoto(page, 'large.jpg', bytes)
  await expect(bench(page).getByText('Your session has ended.')).toBeVisible()
  const { email, password } = facts.users.find(({ role }) => role === 'engineer') ?? {}
  await page.request.post('/api/auth/sign-in/email', {
    data: { email, password },
    headers: { origin: facts.baseUrl },
  })
  goOn()
  await bench(page).getByRole('button', { name: 'Continue' }).click()
  await isAttached(page)
  await showRecord(page, trial)
  await expect(shown(page, 'large.jpg')).toContainText(sha256(bytes).slice(0, 12))
  // Nothing that had arrived was sent again.
  const part = 4 * 1024 * 1024
  expect(offsets).toEqual([0, part, 2 * part, 2 * part])
  consoleErrors.length = 0
})
