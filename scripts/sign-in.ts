import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { connect } from '@/lib/db/client'
import { countPeople } from '@/lib/db/queries/people/users'
import type { DemoUser } from '@/lib/demo/seed'

/** The file that keeps the demo's passwords, mode 0600. */
export const signInFile = (dataDir: string) => path.join(dataDir, 'sign-in.txt')

export const describeUsers = (users: readonly DemoUser[]): string[] =>
  users.map(({ role, email, password }) => `${role.padEnd(9)} ${email.padEnd(24)} ${password}`)

/** The database holds only their hashes, so this is the one place to look them up again. */
export function keepSignIn(dataDir: string, users: readonly DemoUser[]): void {
  const text = `Passwords of the demo lab:\n\n${describeUsers(users).join('\n')}\n`
  writeFileSync(signInFile(dataDir), text, { mode: 0o600, flush: true })
}

export const hasSignInFile = (dataDir: string) => existsSync(signInFile(dataDir))

/** The one-time code for the first admin, while nobody can sign in yet; the given one where there is one. */
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
