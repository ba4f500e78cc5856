import type postgres from 'postgres'

/** The database role of the app: it reads and adds, and changes only what lib/db/audit/trail-tables.ts allows. */
export const appRole = 'oneway_app'

/** The URL for the app; without the role, the app works as the user the URL names. */
export function urlForApp(url: string, { hasAppRole }: { hasAppRole: boolean }): string {
  if (hasAppRole) return url
  const own = new URL(url)
  own.searchParams.set('role', 'none')
  return own.href
}

/** The URL without that mark, which a pooler would refuse as a start-up parameter. */
export function withoutRole(url: string): string {
  const own = new URL(url)
  own.searchParams.delete('role')
  return own.href
}

export type AppLogin = {
  /** Lets the role sign in with its own password, as on the bundled server. */
  password?: string | undefined
  /** The user of DATABASE_URL, if that is not the owner; it becomes a member of the role. */
  member?: string | undefined
}

/**
 * Creates the role of the app and makes its users members. False if the owner of this database lacks the right to:
 * then the app works as the owner, and the grants protect nothing.
 */
export async function ensureAppRole(sql: postgres.Sql, login: AppLogin): Promise<boolean> {
  await attempt(() => sql.unsafe(`create role ${appRole} nologin`))
  const [found] = await sql`select from pg_roles where rolname = ${appRole}`
  if (!found) return false
  await attempt(() => sql.unsafe(`grant ${appRole} to current_user`))
  if (login.member !== undefined && login.member !== appRole)
    await attempt(() => sql.unsafe(`grant ${appRole} to ${quoteName(login.member ?? '')}`))
  if (login.password !== undefined)
    await sql.unsafe(
      `alter role ${appRole} login password '${login.password.replaceAll("'", "''")}'`,
    )
  const [able] = await sql<{ may: boolean }[]>`
    select pg_has_role(${login.member ?? sql`current_user`}, ${appRole}, 'member') as may`
  return able?.may ?? false
}

const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`

// Roles belong to the whole server: the start of another database may create this one at the same moment.
const harmless = ['42710', '23505', '42501', '0LP01', 'XX000']

/** Ignores what exists already and what this owner may not do; the caller checks the result. */
async function attempt(step: () => PromiseLike<unknown>): Promise<void> {
  try {
    await step()
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
    if (!harmless.includes(String(code))) throw error
  }
}
