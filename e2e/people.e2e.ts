import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, test } from './lab'
import {
  addAuthenticator,
  addPasskey,
  byHostName,
  codeOf,
  createTestPerson,
  signInByForm,
  signOut,
  type TestPerson,
} from './people'

const signedIn = (page: Page) => expect(page).not.toHaveURL(/sign-in/)

/** An admin invites, and the invited person sets name and password in another browser. */
async function join(admin: Page, page: Page, role: string): Promise<TestPerson> {
  const person = {
    name: 'עדה 🦊 Lovelace',
    email: `${randomUUID()}@lab.example`,
    password: 'notes on the engine',
  }
  await admin.goto('/people')
  await admin.getByLabel('Email').fill(person.email)
  await admin.getByLabel('Role', { exact: true }).selectOption(role)
  await admin.getByRole('button', { name: 'Make an invitation' }).click()
  const shown = admin.getByRole('status').filter({ hasText: 'Shown only once' })
  const link = (await shown.locator('code').textContent()) ?? ''

  await page.goto(link)
  await page.getByLabel('Your name').fill(person.name)
  const password = page.getByLabel('Password', { exact: true })
  await copyToClipboard(page, 'qwerty123456789')
  await password.press('Control+V')
  await page.getByRole('button', { name: 'Join the lab' }).click()
  await expect(page.getByText('Many people use this password')).toBeVisible()
  await copyToClipboard(page, person.password)
  await password.press('Control+A')
  await password.press('Control+V')
  await expect(page.getByText('Strength: Good')).toBeVisible()
  await page.getByRole('button', { name: 'Join the lab' }).click()
  await page.waitForURL(/sign-in/)

  await page.goto(link)
  await expect(page.getByText('used already')).toBeVisible()
  return person
}

/** Puts a text on the clipboard, as a password manager does. */
async function copyToClipboard(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate((words) => navigator.clipboard.writeText(words), text)
}

test('an invited person pastes a password, sets up an authenticator app and signs in with its code', async ({
  page,
  signedIn: open,
  consoleErrors,
}) => {
  const person = await join(await open('admin'), page, 'engineer')
  await signInByForm(page, person)
  await signedIn(page)

  await page.goto('/account')
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(person.name)
  const app = page.getByRole('region', { name: 'Authenticator app' })
  await app.getByRole('button', { name: 'Set up an app' }).click()
  await app.getByLabel('Your password').fill(person.password)
  await app.getByRole('button', { name: 'Show the code to scan' }).click()
  await expect(app.getByAltText('QR code for an authenticator app')).toBeVisible()
  const secret = (await app.locator('code').first().textContent()) ?? ''
  // A code is refused for being used only as long as it is valid: a minute, if it is new.
  await expect.poll(() => Date.now() % 30_000).toBeLessThan(5_000)
  const first = codeOf(secret, new Date())
  await app.getByLabel('Current code').fill(first)
  await app.getByRole('button', { name: 'Set the app' }).click()
  const codes = app.getByRole('status')
  await expect(codes).toContainText('shown this once')
  const backupCode = (await codes.getByRole('listitem').first().textContent()) ?? ''
  await codes.getByRole('button', { name: 'I have stored them' }).click()

  await signOut(page)
  await signInByForm(page, person)
  const code = page.getByLabel('Code')
  await code.fill(first)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('This code was tried already')).toBeVisible()
  // The browser logs the refused request.
  expect(consoleErrors.splice(0)).toEqual([expect.stringContaining('/two-factor/verify-totp')])
  // The current code was used above. The next one is valid too: the check allows one step of clock drift.
  await code.fill(codeOf(secret, new Date(Date.now() + 30_000)))
  await page.getByRole('button', { name: 'Continue' }).click()
  await signedIn(page)

  await signOut(page)
  await signInByForm(page, person)
  await page.getByLabel('Code').fill(backupCode)
  await page.getByRole('button', { name: 'Continue' }).click()
  await signedIn(page)
})

test('a passkey serves as the second factor after the password, and alone', async ({
  page,
  facts,
  consoleErrors,
}) => {
  const person = await createTestPerson('engineer')
  await addAuthenticator(page)
  const home = byHostName(facts)
  const signIn = async () => {
    await page.goto(`${home}/sign-in`)
    await page.getByLabel('Email').fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await signIn()
  await signedIn(page)

  await addPasskey(page, person)

  await signOut(page)
  await signIn()
  await expect(page.getByText('Now enter your second factor')).toBeVisible()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await signedIn(page)

  await signOut(page)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await signedIn(page)
  await page.goto(`${home}/account`)
  const keys = page.getByRole('region', { name: 'Passkeys' })
  await expect(keys.getByRole('cell', { name: 'never' })).toHaveCount(0)
  expect(consoleErrors).toEqual([])
})

test('a session ended from another browser is refused at its next request', async ({
  page,
  browser,
  baseURL,
}) => {
  const person = await createTestPerson('engineer')
  await signInByForm(page, person)
  await signedIn(page)
  const other = await browser.newContext({ baseURL: baseURL ?? '' })
  const elsewhere = await other.newPage()
  await signInByForm(elsewhere, person)
  await signedIn(elsewhere)

  await page.goto('/account')
  const sessions = page.getByRole('table', { name: 'Sessions' })
  await expect(sessions.getByText('This one')).toHaveCount(1)
  await sessions.getByRole('button', { name: 'End' }).click()
  await expect(sessions.getByRole('button', { name: 'End' })).toHaveCount(0)
  await elsewhere.goto('/devices')
  await expect(elsewhere).toHaveURL(/sign-in/)
  await page.goto('/devices')
  await signedIn(page)
  await other.close()
})

test('disabling an account ends its session; signing in gives the same error as a wrong password', async ({
  page,
  signedIn: open,
  consoleErrors,
}) => {
  const person = await createTestPerson('engineer', `Gone ${randomUUID()}`)
  await signInByForm(page, person)
  await signedIn(page)
  const admin = await open('admin')
  await admin.goto('/people')
  const row = admin.getByRole('row').filter({ hasText: person.email })
  await row.getByRole('button', { name: /the account of/ }).click()
  await admin.getByRole('menuitem', { name: /^Disable/ }).click()
  await expect(row.getByText('Disabled')).toBeVisible()

  await page.goto('/devices')
  await expect(page).toHaveURL(/sign-in/)
  await signInByForm(page, person)
  await expect(page.getByText('The email or the password is wrong')).toBeVisible()
  // The browser logs each 401.
  const own = consoleErrors.filter((line) => line.includes('401'))
  expect(own).toHaveLength(1)
  consoleErrors.splice(0)

  await row.getByRole('button', { name: 'Enable' }).click()
  await expect(row.getByText('Disabled')).toHaveCount(0)
  await signInByForm(page, person)
  await signedIn(page)
})
