import { Agent, get } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { hashOfKey } from '@/lib/core/accounts/api-keys'
import { keyPrefix } from '@/lib/domain/account/api-key'
import { startNode, waitUntil } from '@/scripts/children'
import { fillList, type Sql } from './fill'
import { type BenchLab, inLab, median, perSecond } from './lab'

const list = '/api/v1/devices?environment=real&limit=50'
const atOnce = 10
const rounds = 5
const requests = 600
/** Enough keys that none reaches its limit of requests a minute. */
const keys = 400

type Asked = { url: string; headersOf(index: number): Record<string, string> }

/**
 * The API's list of 50 devices, ten readers at once, against a bare handler with the same rows, in turns in one run. The ratio
 * is that of their requests a second, with an API key; with a browser's session it stands beside it. Aim: 0.45.
 */
export async function benchApi(rows: number): Promise<number> {
  return inLab(
    (connection) => fillList(connection, rows),
    async (lab) => {
      await addKeys(lab.sql)
      const bare = await startBare(lab.databaseUrl)
      try {
        const headersOf = (index: number) => ({ authorization: `Bearer ${keyOf(index % keys)}` })
        const withKey: Asked = { url: `${lab.baseUrl}${list}`, headersOf }
        const { cookie } = lab
        const withSession: Asked = { ...withKey, headersOf: () => ({ cookie }) }
        const bareList: Asked = { url: bare.url, headersOf: () => ({}) }
        await demandSameRows(withKey, bareList)
        return await compare(rows, { withKey, withSession, bareList })
      } finally {
        await bare.stop()
      }
    },
  )
}

async function compare(
  rows: number,
  { withKey, withSession, bareList }: Record<'withKey' | 'withSession' | 'bareList', Asked>,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const speeds: Record<'key' | 'session' | 'bare', number[]> = { key: [], session: [], bare: [] }
  const run = (asked: Asked, count: number) =>
    perSecond(count, atOnce, (index) => read(agent, asked, index))
  for (const asked of [withKey, withSession, bareList]) await run(asked, 200)
  for (let round = 0; round < rounds; round += 1) {
    speeds.bare.push(await run(bareList, requests))
    speeds.key.push(await run(withKey, requests))
    speeds.session.push(await run(withSession, requests / 3))
  }
  agent.destroy()
  const [key, session, one] = [median(speeds.key), median(speeds.session), median(speeds.bare)]
  console.log(`50 of ${rows} devices, ${atOnce} readers at once, median of ${rounds} rounds:`)
  console.log(`  API with a key        ${key.toFixed(0)} requests/s`)
  console.log(`  API with a session    ${session.toFixed(0)} requests/s`)
  console.log(`  bare handler          ${one.toFixed(0)} requests/s`)
  return key / one
}

/** Reads one answer and gives it as text. */
function read(agent: Agent, { url, headersOf }: Asked, index: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent, headers: headersOf(index) }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => void parts.push(part))
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(Buffer.concat(parts).toString())
          : reject(new Error(`${url} answered ${answer.statusCode}`)),
      )
    })
    asked.on('error', reject)
  })
}

/** The comparison says nothing if one of the two gives less. */
async function demandSameRows(one: Asked, other: Asked): Promise<void> {
  const agent = new Agent()
  const dataOf = async (asked: Asked) => {
    const page: unknown = JSON.parse(await read(agent, asked, 0))
    return typeof page === 'object' && page !== null && 'data' in page ? page.data : undefined
  }
  const [rows, others] = [await dataOf(one), await dataOf(other)]
  if (!Array.isArray(rows) || rows.length !== 50 || !isDeepStrictEqual(rows, others))
    throw new Error('the two lists do not give the same 50 rows')
}

const keyOf = (n: number) => `${keyPrefix}bench-${n}`

async function addKeys(sql: Sql): Promise<void> {
  const hashes = Array.from({ length: keys }, (_, n) => hashOfKey(keyOf(n)))
  await sql`insert into api_keys (user_id, name, scopes, sha256, hint, made_at, expires_at)
    select u.id, 'Bench ' || k.n, array['read'], k.sha256, 'oneway_bench', now(), now() + interval '1 day'
    from users u, unnest(${hashes}::text[]) with ordinality k(sha256, n)`
}

async function startBare(databaseUrl: BenchLab['databaseUrl']) {
  const env = { ...process.env, NODE_ENV: 'production' as const, DATABASE_URL: databaseUrl }
  const child = startNode('The bare handler', ['--import', 'tsx', 'bench/bare-list.ts'], env)
  const port = () => /port (\d+)/.exec(child.output())?.[1]
  await waitUntil(child, () => port() !== undefined, 120_000)
  return { url: `http://127.0.0.1:${port()}/`, stop: () => child.stop() }
}
