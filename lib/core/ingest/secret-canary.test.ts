import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { openBody, resealBodies } from '@/lib/db/queries/events/sealed-bodies'
import { keyring } from '@/lib/db/secrets/sealing'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { rawView } from '@/lib/mdm/raw-view'
import { carryOn } from '@/lib/worker/carry-on'
import { addDevice } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { later } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { postedBody } from './case-bodies.testing'
import { keepEvent } from './keep-events'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const canary = 'CANARY-f00dcafe-4711'
const bytes = Buffer.from(`${canary}-data`)

/** Every form in which the canary could be stored: as text, as hex, and in base64 at each offset. */
const forms = [
  canary,
  Buffer.from(canary).toString('hex'),
  ...[0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(canary)]).toString('base64')
    return text.slice(4, text.length - 4)
  }),
]
const hexForms = forms.flatMap((form) => [form, Buffer.from(form).toString('hex')])

/** The tables that contain any form of it, found by searching the text of every row. */
async function tablesWithCanary(): Promise<string[]> {
  const tables = await lab.sql<{ name: string }[]>`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await lab.sql`select to_jsonb(r)::text as row from ${lab.sql(name)} r`
    const text = rows.map(({ row }) => String(row)).join('\n')
    if (hexForms.some((form) => text.includes(form))) found.push(name)
  }
  return found
}

const tokens = `<key>PushMagic</key><string>${canary}</string><key>Token</key><data>${bytes.toString('base64')}</data><key>UnlockToken</key><data>${bytes.toString('base64')}</data>`
const plistOf = (kind: string, udid: string, keys: string) =>
  Buffer.from(
    `<plist version="1.0"><dict><key>MessageType</key><string>${kind}</string><key>UDID</key><string>${udid}</string>${keys}</dict></plist>`,
  )

async function plant() {
  const { device, trialId } = await sentTrial(lab.db)
  const udid = device.enrollmentId
  const at = later(200)
  const bodies = [
    postedBody({ udid, plist: plistOf('TokenUpdate', udid, tokens), topic: 'mdm.TokenUpdate', at }),
    postedBody({
      udid,
      plist: plistOf(
        'SetBootstrapToken',
        udid,
        `<key>BootstrapToken</key><data>${bytes.toString('base64')}</data>`,
      ),
      topic: 'mdm.SetBootstrapToken',
      at,
    }),
    postedBody({ udid, plist: Buffer.from(`UnlockToken ${canary}`), topic: 'mdm.TokenUpdate', at }),
    Buffer.from(`{"topic":"mdm.TokenUpdate","PushMagic":"${canary}"`),
    answerBody({
      enrollmentId: udid,
      commandUuid: '7d3c1f0e-0000-4000-8000-00000000000a',
      status: 'Acknowledged',
      keys: `<key>ActivationLockBypassCode</key><string>${canary}</string>`,
      at,
    }),
  ]
  const ids: number[] = []
  for (const body of bodies) ids.push((await keepEvent(lab.db, device.mdmServerId, body, at)) ?? 0)
  await carryOn({ db: lab.db, servers: fakeServer().servers, clock: () => later(201) })
  return { bodies, ids, trialId, device }
}

test('no table contains a secret of a device in any form, and the sealed body opens unchanged', {
  timeout: 60_000,
}, async () => {
  const { bodies, ids, trialId } = await plant()
  expect(await tablesWithCanary()).toEqual([])
  for (const [i, id] of ids.entries()) {
    const event = await findRawEvent(lab.db, id)
    if (!event) throw new Error('the event was kept')
    expect(event.readState).not.toBe('unread')
    const shown = JSON.stringify([
      rawView(event.body),
      rawView(event.payload),
      event.reason,
      event.oddities,
    ])
    expect(shown).not.toContain(canary)
    expect(Buffer.from(await openBody(lab.db, event)).equals(bodies[i] ?? Buffer.of())).toBe(true)
  }
  const first = await findRawEvent(lab.db, ids[0] ?? 0)
  expect(first).toMatchObject({ readState: 'read', kind: 'checkin', trialId })
  expect(Buffer.from(first?.payload ?? []).toString()).toContain(
    `${bytes.byteLength} bytes, SHA-256`,
  )
})

test('the app may neither change nor remove a sealed body, and it is not plain text', async () => {
  const { ids } = await plant()
  const [id = 0] = ids
  await expect(lab.sql`insert into sealed_bodies values (${id}, 'plain')`).rejects.toThrow()
  await expect(lab.sql`delete from sealed_bodies where raw_event_id = ${id}`).rejects.toThrow(
    /only grows/,
  )
  const [may] =
    await lab.sql`select has_table_privilege('oneway_app', 'sealed_bodies', 'update, delete') as any`
  expect(may?.any).toBe(false)
})

test('without the key a body is shown without secrets, and a change of keys seals it again', async () => {
  const { bodies, ids } = await plant()
  const event = await findRawEvent(lab.db, ids[0] ?? 0)
  if (!event) throw new Error('the event was kept')
  const { ONEWAY_SECRET_KEY: key } = process.env
  try {
    process.env.ONEWAY_SECRET_KEY = 'another-key-of-some-length-0123456789abcdef'
    expect(Buffer.from(await openBody(lab.db, event)).toString()).not.toContain(canary)
    process.env.ONEWAY_SECRET_KEY_OLD = key
    expect((await resealBodies(lab.owner)).sealed).toBeGreaterThan(0)
    delete process.env.ONEWAY_SECRET_KEY_OLD
    expect(keyring()).toHaveLength(1)
    expect(Buffer.from(await openBody(lab.db, event)).equals(bodies[0] ?? Buffer.of())).toBe(true)
  } finally {
    process.env.ONEWAY_SECRET_KEY = key
    delete process.env.ONEWAY_SECRET_KEY_OLD
  }
})

test('an answer without a secret stays byte for byte', async () => {
  const device = await addDevice(lab.db)
  const body = answerBody({
    ...device,
    commandUuid: '7d3c1f0e-0000-4000-8000-00000000000b',
    status: 'Error',
    at: later(300),
  })
  const id = (await keepEvent(lab.db, device.mdmServerId, body, later(300))) ?? 0
  expect(Buffer.from((await findRawEvent(lab.db, id))?.body ?? []).equals(body)).toBe(true)
  expect(await lab.sql`select 1 from sealed_bodies where raw_event_id = ${id}`).toEqual([])
})
