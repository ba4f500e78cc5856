import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { connect } from '@/lib/db/client'
import { countPeople } from '@/lib/db/queries/people/users'
import type { DemoUser } from '@/lib/demo/seed'

/** The file with the demo's passwords, mode 0600. */
export const signInFile = (dataDir: string) => path.join(dataDir, 'sign-in.txt')

export const describeUsers = (users: readonly DemoUser[]): string[] =>
  users.map(({ role, email, password }) => `${role.padEnd(9)} ${email.padEnd(24)} ${password}`)

/** Stores the demo's passwords in a file; the database has only their hashes. */
export function keepSignIn(dataDir: string, users: readonly DemoUser[]): void {
  const text = `Passwords of the demo lab:\n\n${describeUsers(users).join('\n')}\n`
  writeFileSync(signInFile(dataDir), text, { mode: 0o600, flush: true })
}

export const hasSignInFile = (dataDir: string) => existsSync(signInFile(dataDir))

/** The one-time code for the first admin: `given`, or a random one. Undefined if the lab has people. */
export async function findSetupCode(
  databaseUrl: string,
  given: string | undefined,
): Promise<string | undefined> {
  const { db, end } = connect(databaseUrl, { max: 1, asOwner: true })
  try {
    if ((await countPeople(db)) > 0) return undefined
    return (
      given ??
      randomBytes(9)
        .toString('hex')
        .replace(/(.{6})(?=.)/g, '$1-')
    )
  } finally {
    await end()
  }
}
