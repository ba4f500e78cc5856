import { randomUUID } from 'node:crypto'
import { vi } from 'vitest'
import { makeApiKey } from '../core/accounts/api-keys'
import { must } from '../core/testing/people'
import { createPerson } from '../credentials/people'
import type { Db } from '../db/client'
import { createTestDb } from '../db/testing'
import type { KeyScope } from '../domain/account/api-key'

/** The address of the lab that is served. */
export const own = 'http://127.0.0.1:3000'

/**
 * A lab with the real guard and the pool of the app, which read the environment at their first use: what needs them is
 * imported after this.
 */
export async function serveLab() {
  const lab = await createTestDb()
  vi.stubEnv('DATABASE_URL', lab.url)
  vi.stubEnv('BETTER_AUTH_SECRET', 'a secret of this test, 32 characters')
  vi.stubEnv('ONEWAY_BASE_URL', own)
  const { sql: pool } = await import('../db/pool')
  const end = async () => {
    await pool.end()
    await lab.drop()
    vi.unstubAllEnvs()
  }
  return { ...lab, end }
}

export type ServedLab = Awaited<ReturnType<typeof serveLab>>

/** A new viewer, and a key that may do this. */
export async function keyFor(db: Db, scopes: KeyScope[]) {
  const person = { name: 'Vi', email: `vi-${randomUUID()}@lab.example`, role: 'viewer' as const }
  const id = await createPerson(db, { ...person, password: 'correct horse battery staple' })
  const actor = { ...person, id }
  const wanted = { name: 'phone', scopes, days: 1 }
  return { actor, ...must(await makeApiKey(db, actor, wanted, new Date()), 'made') }
}
