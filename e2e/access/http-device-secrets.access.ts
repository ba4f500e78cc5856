import { createHmac } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { postedBody } from '@/lib/core/ingest/case-bodies.testing'
import { answerBody } from '@/lib/core/testing/webhook'
import { readSecrets } from '@/scripts/secrets'
import { addressOf, type HttpLab, type Identity, identities, openHttpLab } from './http-lab'
import { pages, routes } from './matrix-app'
import { formsOf, secretOf } from './secret-forms'

/** Eight letters of each secret, which are its sign. */
const letters = { UnlockToken: 'uN7kQz4w', PushMagic: 'pM3xJv9h', Token: 'tK5rYb8g' } as const
type Secret = keyof typeof letters

const forms = Object.values(letters).map(formsOf)
/** The secrets of which any form stands in the text. */
const tells = (text: string) => {
  const lower = text.toLowerCase()
  return Object.keys(letters).filter((_, at) => forms[at]?.some((form) => lower.includes(form)))
}

let lab: HttpLab
/** The events that were made of what was posted. */
let events: string[]

beforeAll(async () => {
  // The web process verifies by the webhook's key as it is sealed in the database: by its own key.
  const { secretKey = '' } = readSecrets(path.dirname(process.env.ONEWAY_ACCESS_FACTS ?? ''))
  process.env.ONEWAY_SECRET_KEY = secretKey
  lab = await openHttpLab()
  events = await postAll()
})
afterAll(() => lab.connection.end())

const data = (name: Secret) => `<data>${secretOf(letters[name]).toString('base64')}</data>`
const magic = secretOf(letters.PushMagic).toString()
const numeric = (text: string) => text.replaceAll(/./g, (letter) => `&#${letter.charCodeAt(0)};`)
const three = `<key>PushMagic</key><string>${magic}</string><key>Token</key>${data('Token')}<key>UnlockToken</key>${data('UnlockToken')}`

const plistOf = (keys: string, type = 'TokenUpdate') =>
  `<plist version="1.0"><dict><key>MessageType</key><string>${type}</string>${keys}</dict></plist>`

/** TokenUpdates as devices and servers write them, and bodies that name a secret and cannot be read. */
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

/** Posts each body, signed, as the MDM server of the lab's device; resolves once each has been read. */
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
  await vi.waitFor(
    async () => {
      const unread = (await kept()).filter((row) => row.read_state === 'unread')
      expect(unread).toEqual([])
    },
    { timeout: 60_000, interval: 200 },
  )
  return (await kept()).map(({ id }) => String(id))
}

/** Every address that shows anything: pages and routes, each event and each file of the trial and of the lab. */
function everyAddress(): string[] {
  const { trial } = lab.ids
  const shown = [...Object.keys(pages), ...Object.keys(routes).filter((it) => it.endsWith(':GET'))]
    // It never ends, and what it tells are the names of topics.
    .filter((file) => !file.startsWith('app/api/events/'))
    .map((file) => addressOf(file.split(':')[0] ?? '', lab.ids))
  return [
    ...shown,
    ...events.flatMap((id) => [
      ...[`/events/${id}`, `/events/${id}/bytes`, `/events/${id}/bytes?of=payload`],
      ...[`/trials/${trial}/replies/${id}`, `/trials/${trial}/replies/${id}?as=file`],
    ]),
    ...[`/trials/${trial}/copy`, `/trials/${trial}/copy?as=text`],
    ...['trials', 'observations', 'replies', 'dictionary'].map((it) => `/api/exports/${it}.csv`),
  ]
}

async function read(who: Identity, address: string, headers: Record<string, string> = {}) {
  const answer = await fetch(lab.baseUrl + address, {
    headers: { ...lab.proofs[who], ...headers },
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const heads = [...answer.headers].join('\n')
  // Once as text, and once as one letter a byte, as a file in another encoding would be looked at.
  return { status: answer.status, text: `${heads}\n${bytes}\n${bytes.toString('latin1')}` }
}

test('each form of a secret is found, wherever its bytes are cut', () => {
  const secret = secretOf(letters.UnlockToken)
  const written = [
    secret.toString(),
    secret.toString('base64'),
    Buffer.from(`x${secret.toString('base64')}`).toString('base64'),
    secret.toString('hex').toUpperCase(),
    Buffer.from(secret.toString('base64')).toString('hex'),
    Buffer.from(`ab${secret}`, 'utf16le').toString('base64'),
    numeric(secret.toString()),
    rawText16(secret),
  ]
  expect(written.filter((text) => !tells(text).includes('UnlockToken'))).toEqual([])
  expect(tells('UnlockToken (secret, 64 bytes, SHA-256 0a1b)')).toEqual([])
})

/** The rows of a hex dump without their letters. */
const rawText16 = (bytes: Buffer) =>
  (`aa${bytes.toString('hex')}`.match(/.{1,32}/g) ?? [])
    .map((row) => (row.match(/../g) ?? []).join(' '))
    .join('\n')

const plain: Record<string, string> = {}
const payload: Record<string, string> = { rsc: '1' }

test('no page, payload, file or answer tells anybody a secret of a device', async () => {
  const wrong: string[] = []
  const seen = new Set<string>()
  for (const who of identities)
    for (const address of new Set(everyAddress()))
      for (const headers of address.startsWith('/api/') ? [plain] : [plain, payload]) {
        const { status, text } = await read(who, address, headers)
        if (status === 200) seen.add(address)
        for (const secret of tells(text)) wrong.push(`${address} tells ${who} the ${secret}`)
      }
  expect(wrong).toEqual([])
  // What was posted stands on the pages and in the files that were looked through.
  const posted = events.flatMap((id) => [`/events/${id}`, `/events/${id}/bytes`])
  const copies = [`/trials/${lab.ids.trial}/copy`, '/api/exports/replies.csv']
  expect([...posted, ...copies].filter((address) => !seen.has(address))).toEqual([])
})

test('what is shown instead is the length and the SHA-256', async () => {
  const [first] = events
  const { text } = await read('lead', `/events/${first}/bytes?of=payload`)
  expect(text.match(/secret, 64 bytes, SHA-256 [0-9a-f]{64}/g)).toHaveLength(2 * 3)
  expect((await read('lead', `/events/${first}`)).text).toContain('secret, 64 bytes, SHA-256')
})

test('no row of any table but the sealed bodies holds a secret of a device', async () => {
  const { sql } = lab.connection
  const tables = await sql`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`
  const wrong: string[] = []
  for (const { name } of tables) {
    const rows = await sql`select to_jsonb(r)::text as row from ${sql(String(name))} r`
    const reported = tells(rows.map(({ row }) => String(row)).join('\n'))
    if (reported.length > 0) wrong.push(`${name}: ${reported.join(', ')}`)
  }
  expect(wrong).toEqual([])
})
