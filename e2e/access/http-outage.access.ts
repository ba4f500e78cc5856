import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '@/lib/db/client'
import { problemsOf } from './header-table'
import { addressOf, type HttpLab, openHttpLab } from './http-lab'
import { pages } from './matrix-app'

let lab: HttpLab
beforeAll(async () => {
  lab = await openHttpLab()
})
afterAll(() => lab.connection.end())

/** Refuses new connections to the database and ends the open ones. Returns the function that undoes it. */
async function blockDatabase() {
  const [row] = await lab.connection.sql`select current_database() as name`
  const name = String(row?.name)
  const other = new URL(lab.databaseUrl)
  other.pathname = '/template1'
  const { sql, end } = connect(other.href, { max: 1, asOwner: true })
  const allow = (allowed: boolean) =>
    sql.unsafe(`alter database "${name.replaceAll('"', '""')}" with allow_connections ${allowed}`)
  await allow(false)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
  return async () => {
    await allow(true)
    await end()
  }
}

/** Far above the seconds that a page waits for the database, and below the time of the test. */
const longestMs = 60_000

async function problemsAt(address: string, proof: Record<string, string>): Promise<string[]> {
  const signal = AbortSignal.timeout(longestMs)
  const asked = { headers: proof, redirect: 'manual', signal } as const
  const got = await fetch(lab.baseUrl + address, asked)
    .then(async (answer) => ({ answer, body: await answer.text() }))
    .catch((error: unknown) => String(error))
  if (typeof got === 'string') return [`${address}: no answer: ${got}`]
  const { answer, body } = got
  const headers = Object.fromEntries(answer.headers)
  const wrong = problemsOf(address, { status: answer.status, headers, body })
  if (answer.status === 200) wrong.push('200')
  if (/postgres|ECONN|select |at async|node_modules/i.test(body)) wrong.push('shows internals')
  return wrong.map((problem) => `${address}: ${problem}`)
}

test('F29 without the database every page still has its headers, and shows no internals', async () => {
  const restore = await blockDatabase()
  const wrong: string[] = []
  try {
    const left = requests()
    // Each page waits some seconds for the database before it answers, so several are asked at a time.
    const lane = async () => {
      for (let next = left.pop(); next; next = left.pop())
        wrong.push(...(await problemsAt(...next)))
    }
    await Promise.all(Array.from({ length: 6 }, lane))
  } finally {
    await restore()
  }
  expect(wrong).toEqual([])
  await expect
    .poll(
      async () => (await fetch(`${lab.baseUrl}/devices`, { headers: lab.proofs.lead })).status,
      {
        timeout: 30_000,
      },
    )
    .toBe(200)
})

const requests = (): [string, Record<string, string>][] => [
  ...Object.keys(pages)
    .filter((file) => pages[file] !== 'unasked')
    .map((file): [string, Record<string, string>] => [addressOf(file, lab.ids), lab.proofs.lead]),
  ['/devices', { ...lab.proofs.lead, rsc: '1' }],
  ['/api/v1/devices', lab.proofs.key],
  ['/api/exports/trials.csv', lab.proofs.lead],
]
