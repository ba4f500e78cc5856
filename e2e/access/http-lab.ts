import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { makeApiKey } from '@/lib/core/accounts/api-keys'
import { saveTarget } from '@/lib/core/notices/save-target'
import { saveClaim } from '@/lib/core/record/claims'
import { freezeReport } from '@/lib/core/record/frozen/freeze-report'
import { makeShareLink, previewShare } from '@/lib/core/record/share/share-report'
import { writeRadar } from '@/lib/core/record/write-radar'
import { admin, engineer, lead, must } from '@/lib/core/testing/people'
import { armedTrial } from '@/lib/core/testing/trial'
import { createPerson, randomPassword } from '@/lib/credentials/people'
import { type Connection, connect } from '@/lib/db/client'
import { type Role, roles } from '@/lib/domain/account/permissions'
import type { ClaimContent } from '@/lib/domain/claim/claim'

const factsSchema = z.object({
  baseUrl: z.url(),
  databaseUrl: z.string(),
  users: z.array(z.object({ role: z.enum(roles), email: z.string(), password: z.string() })),
})

/** Who sends a request: without a session, with a forged or disabled or valid one, or with an API key. */
export const identities = ['nobody', 'forged', 'disabled', 'key', ...roles] as const
export type Identity = (typeof identities)[number]

export const roleOf = (who: Identity): Role | undefined => roles.find((role) => role === who)

/** Headers that identify the sender. */
type Proof = Record<string, string>

/** IDs of records. `absentIds` are well-formed and belong to none. */
export type Ids = {
  device: string
  trial: string
  protocol: string
  server: string
  event: string
  radar: string
  noticeTarget: string
  claim: string
  report: string
  /** Of a share link. */
  token: string
}
export const absentIds: Ids = {
  device: '11111111-1111-4111-8111-111111111111',
  trial: '11111111-1111-4111-8111-111111111111',
  protocol: '11111111-1111-4111-8111-111111111111',
  server: '11111111-1111-4111-8111-111111111111',
  event: '2000000000',
  radar: '11111111-1111-4111-8111-111111111111',
  noticeTarget: '11111111-1111-4111-8111-111111111111',
  claim: '11111111-1111-4111-8111-111111111111',
  report: '11111111-1111-4111-8111-111111111111',
  token: 'a'.repeat(43),
}

export type HttpLab = {
  baseUrl: string
  databaseUrl: string
  connection: Connection
  proofs: Record<Identity, Proof>
  ids: Ids
  /** Texts of the record, and addresses of people: a refused response must not contain them. */
  canaries: string[]
  emails: string[]
}

/** The passwords of the demo's people, by description. */
export const passwordsOf = (): Record<string, string> =>
  Object.fromEntries(
    readFacts().users.map(({ role, password }) => [`the password of ${role}`, password]),
  )

function readFacts(): z.infer<typeof factsSchema> {
  const file = process.env.ONEWAY_ACCESS_FACTS
  if (!file) throw new Error('run this with npm run test:access, which starts the lab')
  return factsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** Connects to the stack of scripts/test-access.ts, adds an armed trial and signs everybody in. */
export async function openHttpLab(): Promise<HttpLab> {
  const facts = readFacts()
  const { baseUrl, databaseUrl, users } = facts
  const connection = connect(databaseUrl, { max: 4 })
  const at = new Date()
  const { trialId, device } = await armedTrial(connection.db, { at })
  const [row] = await connection.sql`
    select d.lab_tag, v.protocol_id from trials t join devices d on d.id = t.device_id
    join protocol_versions v on v.id = t.protocol_version_id where t.id = ${trialId}`
  const [event] = await connection.sql`
    insert into raw_events (mdm_server_id, received_at, body, sha256)
    values (${device.mdmServerId}, now(), '\\x63616e617279', ${trialId}) returning id`
  const signedIn: [Role, Proof][] = []
  for (const { role, email, password } of users)
    signedIn.push([role, await signIn(baseUrl, email, password)])
  // `fromEntries` loses the key type; the demo has each role once.
  const byRole = Object.fromEntries(signedIn) as Record<Role, Proof>
  const ids = {
    device: device.id,
    trial: trialId,
    protocol: String(row?.protocol_id),
    server: device.mdmServerId,
    event: String(event?.id),
    radar: await aRadar(connection),
    noticeTarget: await aNoticeTarget(connection),
    claim: await aClaim(connection),
    report: await aFrozenReport(connection),
    token: await aShareToken(connection, trialId),
  }
  return {
    ...{ baseUrl, databaseUrl, connection, ids },
    proofs: {
      ...byRole,
      nobody: {},
      forged: { cookie: 'oneway.session_token=forged.c2lnbmF0dXJl' },
      disabled: await disabledPerson(connection, baseUrl),
      key: await keyOf(connection),
    },
    canaries: [String(row?.lab_tag), device.serial, device.enrollmentId],
    emails: users.map(({ email }) => email),
  }
}

/** A report without a trial. */
async function aRadar({ db }: Connection): Promise<string> {
  const origin = { environment: 'real', platform: 'iOS', startVersion: '' } as const
  const text = 'written for the matrix'
  const content = {
    ...{ title: text, area: text, steps: text },
    ...{ expected: text, actual: text, configuration: text },
  }
  return must(await writeRadar(db, engineer, { origin, content }, new Date()), 'written').radarId
}

/** A receiver of notices that is off, at a port on which nothing listens. */
export async function aNoticeTarget({ db }: Pick<Connection, 'db'>): Promise<string> {
  const topics = ['trial.concluded' as const]
  const target = { name: 'Chat', url: 'http://127.0.0.1:9/oneway', topics }
  const input = { ...target, withSimulated: false, isOn: false }
  return must(await saveTarget(db, admin, input, new Date()), 'saved').targetId
}

/** A claim that no protocol names. */
export async function aClaim({ db }: Connection): Promise<string> {
  const text = 'written for the matrix'
  const content: ClaimContent = {
    ...{ statement: text, source: 'apple', sourceName: text, url: 'https://example.org/' },
    ...{ family: 'iOS', from: '11.3', check: 'screen', howTo: text },
  }
  return must(await saveClaim(db, engineer, { content }, new Date()), 'saved').claimId
}

/** A frozen report of the real trials, its tables and PDFs left out. */
export async function aFrozenReport({ db }: Pick<Connection, 'db'>): Promise<string> {
  const bytes = new Uint8Array([1])
  const writers = {
    copyAt: async () => bytes,
    pdf: async () => ({ status: 'rendered' as const, pdf: bytes }),
  }
  const input = { title: 'For the matrix', environment: 'real' as const, filter: {} }
  return must(await freezeReport(db, lead, input, writers, new Date()), 'frozen').id
}

/** A link to the report of a trial, with no text of a person. */
async function aShareToken({ db }: Connection, trialId: string): Promise<string> {
  const of = { trialId }
  const at = new Date()
  const { digest } = must(await previewShare(db, lead, { of, chosen: [] }, at), 'shown')
  const order = { of, title: 'For the matrix', days: 1, chosen: [], digest }
  return must(await makeShareLink(db, lead, order, at), 'made').token
}

async function signIn(baseUrl: string, email: string, password: string): Promise<Proof> {
  const answer = await fetch(`${baseUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ email, password }),
  })
  if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return { cookie }
}

/** The session of a lead who was disabled after signing in. */
async function disabledPerson({ db, sql }: Connection, baseUrl: string): Promise<Proof> {
  const [email, password] = [`gone-${Date.now()}@oneway.example`, randomPassword()]
  const id = await createPerson(db, { name: 'Gone', email, password, role: 'lead' })
  const proof = await signIn(baseUrl, email, password)
  await sql`update users set disabled_at = now() where id = ${id}`
  return proof
}

/** An API key of the lead that may read but not export. */
async function keyOf({ db, sql }: Connection): Promise<Proof> {
  const [lead] = await sql`select id, name from users where role = 'lead' and disabled_at is null`
  const actor = { id: String(lead?.id), name: String(lead?.name), role: 'lead' as const }
  const input = { name: 'Matrix', scopes: ['read'] as const, days: 1 }
  const { key } = must(await makeApiKey(db, actor, input, new Date()), 'made')
  return { authorization: `Bearer ${key}` }
}

const parts: Record<string, keyof Ids> = {
  devices: 'device',
  trials: 'trial',
  protocols: 'protocol',
  servers: 'server',
  events: 'event',
  radars: 'radar',
  notices: 'noticeTarget',
  claims: 'claim',
  reports: 'report',
}
const fixedSegments: Record<string, string> = {
  ...{ field: 'osVersion', file: 'trials', attachmentId: '1' },
}

/** The URL path of a page or route file, such as `app/devices/[id]/page.tsx`. */
export function addressOf(file: string, ids: Ids): string {
  const folders = file
    .replace(/^app\/?/, '')
    .replace(/\/?(page|route)(\.tsx?)?$/, '')
    .split('/')
  const filled = folders.map((folder, index) => {
    if (folder.startsWith('[[')) return 'none'
    const name = /^\[(\w+)\]$/.exec(folder)?.[1]
    if (name === undefined) return folder
    if (name === 'eventId') return ids.event
    if (name === 'token') return ids.token
    if (fixedSegments[name] !== undefined) return fixedSegments[name]
    const noun = parts[folders[index - 1] ?? '']
    if (noun === undefined)
      throw new Error(`e2e/access/http-lab.ts has no value for ${folder} in ${file}; add one`)
    return ids[noun]
  })
  return `/${filled.join('/')}`
}
