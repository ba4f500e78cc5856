import { createHmac } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postedBody } from '@/lib/core/ingest/case-bodies.testing'
import { answerBody } from '@/lib/core/testing/webhook'
import { readSecrets } from '@/scripts/secrets'
import { addressOf, type HttpLab, type Identity, identities, openHttpLab } from './http-lab'
import { pages, routes } from './matrix-app'
import { foundIn, plantSecrets, type Secrets } from './planted-secrets'
import { formsOf, secretOf } from './secret-forms'

/** Eight letters that mark each secret. */
const letters = { UnlockToken: 'uN7kQz4w', PushMagic: 'pM3xJv9h', Token: 'tK5rYb8g' } as const
type Secret = keyof typeof letters

const forms = Object.values(letters).map(formsOf)
/** The secrets that the text contains in any form. */
const secretsIn = (text: string) => {
  const lower = text.toLowerCase()
  return Object.keys(letters).filter((_, at) => forms[at]?.some((form) => lower.includes(form)))
}

let lab: HttpLab
/** Those of the lab itself. */
let planted: Secrets
/** IDs of the events stored from the posted bodies. */
let events: string[]

beforeAll(async () => {
  // Webhook keys are sealed in the database; seal ours with the key of the web process, so that it can verify.
  const { secretKey = '' } = readSecrets(path.dirname(process.env.ONEWAY_ACCESS_FACTS ?? ''))
  process.env.ONEWAY_SECRET_KEY = secretKey
  lab = await openHttpLab()
  planted = await plantSecrets(lab)
  events = await postAll()
})
afterAll(() => lab.connection.end())

const data = (name: Secret) => `<data>${secretOf(letters[name]).toString('base64')}</data>`
const magic = secretOf(letters.PushMagic).toString()
const numeric = (text: string) => text.replaceAll(/./g, (letter) => `&#${letter.charCodeAt(0)};`)
const three = `<key>PushMagic</key><string>${magic}</string><key>Token</key>${data('Token')}<key>UnlockToken</key>${data('UnlockToken')}`

const plistOf = (keys: string, type = 'TokenUpdate') =>
  `<plist version="1.0"><dict><key>MessageType</key><string>${type}</string>${keys}</dict></plist>`

/** TokenUpdates in the forms that devices and servers send, and unreadable bodies with a secret. */
function bodiesOf(udid: string, at: Date): Uint8Array[] {
  const about = { udid, at, topic: 'mdm.TokenUpdate' }
  const device = `<key>UDID</key><string>${udid}</string>`
  const posted = (plist: Uint8Array | string, but = {}) =>
    postedBody({ ...about, plist: Buffer.from(plist), ...but })
  const beside = JSON.parse(Buffer.from(posted(plistOf(device))).toString())
  beside.checkin_event.push_magic = magic
  beside.UnlockToken = secretOf(letters.UnlockToken).toString('base64')
  return [
    posted(plistOf(device + three)),
    posted(plistOf(device + three), { micromdm: true }),
    posted(plistOf(`${device}<key>PushMagic</key><string>${numeric(magic)}</string>`)),
    posted(plistOf(`${device}<key>PushMagic</key><string><![CDATA[${magic}]]></string>`)),
    posted(Buffer.from(`\uFEFF${plistOf(device + three)}`, 'utf16le')),
    posted(`${plistOf(device + three)}<plist>`),
    posted(plistOf(device + three), { topic: 'mdm.Authenticate' }),
    posted(plistOf(`${device}<key>Token</key>${data('Token')}`), { topic: 'mdm.Connect' }),
    Buffer.from(JSON.stringify(beside)),
    Buffer.from(`{"topic":"mdm.TokenUpdate","UnlockToken":"${magic}"`),
    Buffer.from(Buffer.from(plistOf(device + three)).toString('base64')),
    answerBody({
      enrollmentId: udid,
      commandUuid: '7d3c1f0e-0000-4000-8000-00000000000a',
      status: 'Acknowledged',
      keys: three,
      at,
    }),
  ]
}

/** Posts each body, signed, as the MDM server of the lab's device; resolves once all were processed. */
async function postAll(): Promise<string[]> {
  const { sql } = lab.connection
  const [device] = await sql`
    select s.slug, d.enrollment_id from devices d join mdm_servers s on s.id = d.mdm_server_id
    where d.id = ${lab.ids.device}`
  const [last] = await sql`select coalesce(max(id), 0) as id from raw_events`
  const bodies = bodiesOf(String(device?.enrollment_id), new Date())
  for (const body of bodies) {
    const signature = createHmac('sha256', 'lab-hmac-key').update(body).digest('base64')
    const answer = await fetch(`${lab.baseUrl}/api/webhook/${device?.slug}`, {
      method: 'POST',
      headers: { 'x-hmac-signature': signature },
      body: new Uint8Array(body),
    })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  }
  const kept = () => sql`
    select id, read_state from raw_events
    where id > ${last?.id} and mdm_server_id = ${lab.ids.server} order by id`
  const unread = async () => (await kept()).filter((row) => row.read_state === 'unread')
  // A hook is no test, so expect.poll does not know it.
  while ((await unread()).length > 0) await new Promise((resolve) => setTimeout(resolve, 200))
  return (await kept()).map(({ id }) => String(id))
}

/** Every page and route, with each event and each file of the trial and the lab. */
function everyAddress(): string[] {
  const { trial } = lab.ids
  const shown = [
    ...Object.keys(pages),
    ...Object.keys(routes).filter((it) => it.endsWith(':GET')),
  ].map((file) => addressOf(file.split(':')[0] ?? '', lab.ids))
  return [
    ...shown,
    ...events.flatMap((id) => [
      ...[`/events/${id}`, `/events/${id}/bytes`, `/events/${id}/bytes?of=payload`],
      ...[`/trials/${trial}/replies/${id}`, `/trials/${trial}/replies/${id}?as=file`],
    ]),
    ...[`/trials/${trial}/copy`, `/trials/${trial}/copy?as=text`],
    ...[`/trials/${trial}/report/file?as=json`, `/trials/${trial}/report/file?as=pdf`],
    ...['trials', 'observations', 'steps', 'deviations', 'replies', 'dictionary'].map(
      (it) => `/api/exports/${it}.csv`,
    ),
    ...['odm', 'dataset-json', 'json'].map((form) => `/api/exports/trials?as=${form}`),
    '/api/exports/replies?as=json',
  ]
}

async function read(who: Identity, address: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const answer = await fetch(lab.baseUrl + address, {
    headers: { ...lab.proofs[who], ...headers },
    signal: stop.signal,
  })
  // The event stream never ends by itself; it sends only names of topics.
  const endless = answer.headers.get('content-type')?.startsWith('text/event-stream')
  const bytes = endless ? Buffer.alloc(0) : Buffer.from(await answer.arrayBuffer())
  stop.abort()
  const heads = [...answer.headers].join('\n')
  // Secrets and their forms are ASCII, whose bytes are the same in UTF-8: as Latin-1 none of another encoding is missed.
  return { status: answer.status, text: `${heads}\n${bytes.toString('latin1')}` }
}

/** The exports of a minute are counted, and here they are read as fast as they come. */
async function readWithoutLimit(...what: Parameters<typeof read>) {
  const first = await read(...what)
  if (first.status !== 429) return first
  await lab.connection.sql`delete from rate_limits`
  return read(...what)
}

test('secretsIn finds each form of a secret, wherever lines break', () => {
  const secret = secretOf(letters.UnlockToken)
  const written = [
    secret.toString(),
    secret.toString('base64'),
    Buffer.from(`x${secret.toString('base64')}`).toString('base64'),
    secret.toString('hex').toUpperCase(),
    Buffer.from(secret.toString('base64')).toString('hex'),
    Buffer.from(`ab${secret}`, 'utf16le').toString('base64'),
    numeric(secret.toString()),
    hexDump(secret),
  ]
  expect(written.filter((text) => !secretsIn(text).includes('UnlockToken'))).toEqual([])
  expect(secretsIn('UnlockToken (secret, 64 bytes, SHA-256 0a1b)')).toEqual([])
})

/** A hex dump, 16 bytes a row, without offsets and text. */
const hexDump = (bytes: Buffer) =>
  (`aa${bytes.toString('hex')}`.match(/.{1,32}/g) ?? [])
    .map((row) => (row.match(/../g) ?? []).join(' '))
    .join('\n')

const plain: Record<string, string> = {}
const payload: Record<string, string> = { rsc: '1' }

/** What every page, payload and file shows: asked once as everybody, because that is most of the time of this suite. */
async function readEverything() {
  const shown = { ofDevice: [] as string[], ofLab: [] as string[], addresses: new Set<string>() }
  for (const who of identities)
    for (const address of new Set(everyAddress()))
      for (const headers of address.startsWith('/api/') ? [plain] : [plain, payload]) {
        const { status, text } = await readWithoutLimit(who, address, headers)
        if (status === 200) shown.addresses.add(address)
        for (const secret of secretsIn(text))
          shown.ofDevice.push(`${address} shows ${who} the ${secret}`)
        for (const what of foundIn(planted, text))
          shown.ofLab.push(`${address} shows ${who} ${what}`)
      }
  return shown
}
let reading: ReturnType<typeof readEverything> | undefined
const everythingRead = () => {
  reading ??= readEverything()
  return reading
}

test('no page, payload, file or response shows anybody a secret of a device', async () => {
  const { ofDevice, addresses } = await everythingRead()
  expect(ofDevice).toEqual([])
  // The pages and files with the posted bodies must have been among those read.
  const posted = events.flatMap((id) => [`/events/${id}`, `/events/${id}/bytes`])
  const copies = [`/trials/${lab.ids.trial}/copy`, '/api/exports/replies.csv']
  expect([...posted, ...copies].filter((address) => !addresses.has(address))).toEqual([])
})

test('F46 no page, payload, file or response contains a secret of the lab, for anybody', async () => {
  expect((await everythingRead()).ofLab).toEqual([])
})

test('a secret is shown as its length and SHA-256', async () => {
  const [first] = events
  const { text } = await read('lead', `/events/${first}/bytes?of=payload`)
  expect(text.match(/secret, 64 bytes, SHA-256 [0-9a-f]{64}/g)).toHaveLength(3)
  expect((await read('lead', `/events/${first}`)).text).toContain('secret, 64 bytes, SHA-256')
})

test('no table contains a secret of a device in plain text', async () => {
  const { sql } = lab.connection
  const tables = await sql`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`
  const wrong: string[] = []
  for (const { name } of tables) {
    const rows = await sql`select to_jsonb(r)::text as row from ${sql(String(name))} r`
    const reported = secretsIn(rows.map(({ row }) => String(row)).join('\n'))
    if (reported.length > 0) wrong.push(`${name}: ${reported.join(', ')}`)
  }
  expect(wrong).toEqual([])
})
