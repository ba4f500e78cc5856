import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { makeApiKey } from '@/lib/core/accounts/api-keys'
import { addServer } from '@/lib/core/testing/device'
import { must } from '@/lib/core/testing/people'
import { builtActions } from './built-actions'
import { addressOf, type HttpLab, passwordsOf } from './http-lab'

const planted = {
  'the API key of an MDM server': 'canary-api-key-3f9c1d7e',
  'the key of its webhook': 'canary-hmac-key-8b2a6e40',
  'the key of the KMFDDM beside it': 'canary-ddm-key-5d0c84fa',
}

/** Secret values that nobody may read anywhere, by their description. */
export type Secrets = Record<string, string>

/** Puts a secret of each kind into the lab. @returns these, and those that the lab has anyway */
export async function plantSecrets(lab: HttpLab): Promise<Secrets> {
  const { db, sql } = lab.connection
  await addServer(db, false, {
    name: 'Canary',
    apiKey: planted['the API key of an MDM server'],
    hmacKey: planted['the key of its webhook'],
    declarationsUrl: `https://ddm.lab.example/${randomUUID()}`,
    declarationsKey: planted['the key of the KMFDDM beside it'],
  })
  const [lead] = await sql`select id, name from users where role = 'lead' and disabled_at is null`
  const actor = { id: String(lead?.id), name: String(lead?.name), role: 'lead' as const }
  const wanted = { name: 'Canary', scopes: ['read'] as const, days: 1 }
  const { key } = must(await makeApiKey(db, actor, wanted, new Date()), 'made')
  const sessions = await sql`select token from sessions`
  const hashes = await sql`select password from accounts where password is not null`
  return {
    ...planted,
    'an API key': key,
    'the seed of an authenticator app': await startApp(lab),
    ...passwordsOf(),
    ...named(
      'a session token',
      sessions.map((row) => row.token),
    ),
    ...named(
      'the hash of a password',
      hashes.map((row) => row.password),
    ),
    ...ownKeys(),
  }
}

/** What of the secrets a text contains, by its description. */
export const foundIn = (secrets: Secrets, text: string): string[] =>
  Object.entries(secrets).flatMap(([what, secret]) => (text.includes(secret) ? [what] : []))

const named = (what: string, values: unknown[]) =>
  Object.fromEntries(values.map((value, at) => [`${what} (${at + 1})`, String(value)]))

/** The keys in the stack's data folder. */
function ownKeys(): Record<string, string> {
  const file = path.join(path.dirname(process.env.ONEWAY_ACCESS_FACTS ?? ''), 'secrets.json')
  const kept: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
  const texts = Object.entries(kept).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(texts.map(([name, value]) => [`the stack’s ${name}`, String(value)]))
}

/** Starts the set-up of an engineer's authenticator app; only this response contains its seed. */
async function startApp(lab: HttpLab): Promise<string> {
  const action = builtActions('.next').get('app/account/actions.ts:startAppAction')
  if (!action) throw new Error('the build has no startAppAction')
  const answer = await fetch(lab.baseUrl + addressOf(action.page, lab.ids), {
    method: 'POST',
    headers: {
      ...{ origin: lab.baseUrl, 'next-action': action.id, ...lab.proofs.engineer },
      'content-type': 'text/plain;charset=UTF-8',
    },
    body: JSON.stringify([{ password: passwordsOf()['the password of engineer'] }]),
  })
  const secret = /"secret":"([A-Z2-7]{16,})"/.exec(await answer.text())?.[1]
  if (!secret) throw new Error('no authenticator app was begun')
  return secret
}
