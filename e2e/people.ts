import { createHmac, randomUUID } from 'node:crypto'
import { expect, type Page } from '@playwright/test'
import { createPerson } from '@/lib/credentials/people'
import { connect } from '@/lib/db/client'
import { type Facts, type Role, readFacts } from './facts'

export type TestPerson = { name: string; email: string; password: string }

/** Creates a person for one test only: it may disable them or set up their second factor. */
export async function createTestPerson(role: Role, name = 'Grace Hopper'): Promise<TestPerson> {
  const person = {
    name,
    email: `${randomUUID()}@lab.example`,
    password: 'moths in the relay again',
  }
  const { db, end } = connect(readFacts().databaseUrl, { max: 1 })
  await createPerson(db, { ...person, role })
  await end()
  return person
}

/** Fills in the sign-in form; stops at the second factor, if there is one. */
export async function signInByForm(page: Page, { email, password }: Omit<TestPerson, 'name'>) {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /, account$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/sign-in/)
}

/** Adds a virtual authenticator that approves every request, to the page's browser context. */
export async function addAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** Adds the signed-in person's first passkey, at the lab's host name. */
export async function addPasskey(page: Page, { password }: TestPerson): Promise<void> {
  await page.goto(`${byHostName(readFacts())}/account`)
  const keys = page.getByRole('region', { name: 'Passkeys' })
  await keys.getByRole('button', { name: 'Add a passkey' }).click()
  await keys.getByLabel('Your password').fill(password)
  await keys.getByRole('button', { name: 'Make the passkey' }).click()
  await expect(keys.getByRole('cell', { name: 'Passkey 1' })).toBeVisible()
}

/** The lab's address by host name; WebAuthn refuses IP addresses. */
export const byHostName = ({ baseUrl }: Facts) => baseUrl.replace('127.0.0.1', 'localhost')

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The six digits an authenticator app shows at that time (RFC 6238 with SHA-1 and 30 seconds). */
export function codeOf(secret: string, at: Date): string {
  const bits = [...secret.replaceAll('=', '')]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)))
  const hash = createHmac('sha1', Buffer.from(bytes)).update(step).digest()
  const offset = hash.readUInt8(hash.length - 1) & 0xf
  const number = hash.readUInt32BE(offset) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
