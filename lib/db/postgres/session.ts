import { randomBytes } from 'node:crypto'
import type postgres from 'postgres'
import { appRole } from '../app-role'
import { connect } from '../client'
import { isDatabaseAway } from '../errors'

/**
 * The settings that each session must have. They are set for the database itself, as poolers refuse or drop start-up
 * parameters, and checked when a process starts.
 */
const required: Readonly<Record<string, string>> = {
  bytea_output: 'hex',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  default_transaction_isolation: 'read committed',
  search_path: 'public',
}

/** Applies the settings to this session: a migration may need them before the database has them. */
export async function setUpSession(sql: postgres.Sql): Promise<void> {
  for (const [name, value] of Object.entries(required))
    await sql`select set_config(${name}, ${value}, false)`
}

/** Stores the settings for later sessions, if the owner may; called under the lock of the migrations. */
export async function setUpLaterSessions(sql: postgres.Sql): Promise<void> {
  const [row] = await sql<{ name: string; own: boolean }[]>`
    select current_database() as name, pg_has_role(datdba, 'usage') as own
    from pg_database where datname = current_database()`
  // An owner of the schema alone may not alter the database; the check at start reports what differs.
  if (!row?.own) return
  const [set] = await sql<{ settings: string[] | null }[]>`
    select setconfig as settings from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
    where d.datname = current_database() and s.setrole = 0`
  for (const [name, value] of Object.entries(required)) {
    if (set?.settings?.some((one) => one.toLowerCase() === `${name}=${value}`.toLowerCase()))
      continue
    const text = name === 'search_path' ? value : `'${value}'`
    await sql.unsafe(`alter database "${row.name.replaceAll('"', '""')}" set ${name} = ${text}`)
  }
}

type Session = Record<string, string>

/**
 * How a session differs from what Oneway requires, and what to change; empty if nothing differs.
 * @param asRole false if the app works as another role on purpose
 */
export async function findSessionProblems(
  sql: postgres.Sql,
  { asRole }: { asRole: boolean },
): Promise<string[]> {
  const names = Object.keys(required)
  const [session] = await sql<Session[]>`
    select current_user::text as "user", session_user::text as "login", ${sql.unsafe(
      names.map((name) => `current_setting('${name}') as "${name}"`).join(', '),
    )}`
  if (!session) return []
  const { user = '', login = '' } = session
  const wrong = names.filter((name) => !isAsRequired(name, session[name] ?? ''))
  return [
    ...(asRole && user !== appRole ? [roleProblem(user, login)] : []),
    ...wrong.map((name) => settingProblem(name, session[name] ?? '', user)),
  ]
}

const isAsRequired = (name: string, value: string): boolean => {
  if (name === 'DateStyle') return value.startsWith('ISO')
  if (name === 'extra_float_digits') return Number(value) >= 1
  if (name === 'search_path')
    return value.split(',').at(0)?.trim() === 'public' || /^"\$user", public$/.test(value)
  return value === required[name]
}

const roleProblem = (user: string, login: string) =>
  `DATABASE_URL leads to a session that works as ${user}, not as ${appRole}: a pooler has dropped the start-up parameter "role", and no grant would protect the record. Let DATABASE_URL sign in as ${appRole} itself (alter role ${appRole} login password '…'), with DATABASE_OWNER_URL naming ${login} directly`

const settingProblem = (name: string, value: string, user: string) =>
  `PostgreSQL runs the session of DATABASE_URL with ${name} = ${value}, and Oneway needs ${required[name]}. Set it where it was changed: alter role ${user} reset ${name}, or alter database … set ${name} = '${required[name]}', as the owner of the database`

/** @throws Error naming each problem */
export async function demandSession(
  sql: postgres.Sql,
  options: { asRole: boolean },
): Promise<void> {
  const problems = await findSessionProblems(sql, options)
  if (problems.length > 0) throw new Error(`${problems.join('.\n')}.`)
}

/**
 * Checks one session of a URL as the app will use it. An unreachable database passes: its settings are not known yet,
 * and the processes wait for it.
 * @throws Error naming each problem, with what to change
 */
export async function demandSessionOf(databaseUrl: string): Promise<void> {
  const { sql, end } = connect(databaseUrl, { max: 1, connectSeconds: 5 })
  const asRole = new URL(databaseUrl).searchParams.get('role') !== 'none'
  try {
    await demandSession(sql, { asRole })
    if (!(await keepsSession(sql))) throw new Error(`${noSession} ${remedy}`)
  } catch (error) {
    // PgBouncer says so with the code of a lost connection, but no waiting helps.
    if (error instanceof Error && /unsupported startup parameter/.test(error.message))
      throw new Error(
        `DATABASE_URL leads to a pooler that refuses a session (${error.message}). ${remedy}`,
      )
    if (!isDatabaseAway(error)) throw error
  } finally {
    await end()
  }
}

/**
 * Checks a pooler beside which another URL leads to PostgreSQL itself: pages need the role and the settings there too.
 * @throws Error naming each problem, with what to change
 */
export async function demandPoolOf(databaseUrl: string): Promise<void> {
  const { sql, end } = connect(databaseUrl, { max: 1, connectSeconds: 5, pooled: true })
  const asRole = new URL(databaseUrl).searchParams.get('role') !== 'none'
  try {
    await demandSession(sql, { asRole })
  } catch (error) {
    if (!isDatabaseAway(error)) throw error
  } finally {
    await end()
  }
}

const remedy =
  'Name PostgreSQL itself in DATABASE_DIRECT_URL, and keep the pooler for the pages; or use a pool that keeps sessions (PgBouncer: pool_mode = session, ignore_startup_parameters = role,oneway.actor).'

const noSession =
  'DATABASE_URL leads to a pooler that keeps no session for each client: a notification sent through it did not come back. Live updates, prepared statements and locks need one.'

/**
 * Whether a session stays with its client. A transaction pooler gives the listening backend to another client and drops
 * its notifications (https://www.pgbouncer.org/features.html: LISTEN is "never" supported there).
 * @param waitMs how long to wait for the notification, which is sent again each second, as a connection may be replaced
 */
export async function keepsSession(sql: postgres.Sql, waitMs = 10_000): Promise<boolean> {
  const channel = `oneway_session_${randomBytes(8).toString('hex')}`
  let onNotified = () => {}
  let timer: NodeJS.Timeout | undefined
  const outcome = new Promise<boolean>((resolve) => {
    onNotified = () => resolve(true)
    timer = setTimeout(() => resolve(false), waitMs)
  })
  const { unlisten } = await sql.listen(channel, onNotified)
  const again = setInterval(() => void sql.notify(channel, '').catch(() => undefined), 1_000)
  try {
    await sql.notify(channel, '')
    return await outcome
  } finally {
    clearTimeout(timer)
    clearInterval(again)
    await unlisten().catch(() => undefined)
  }
}
