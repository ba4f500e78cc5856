import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertShareOpening, listShareLinks } from '@/lib/db/queries/share-links'
import { copyExportAt } from '@/lib/db/queries/trials/exports'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { textsOf } from '@/lib/domain/report/blocks'
import { reportHtml, sharedHtml } from '@/lib/domain/report/html'
import { renderInThread } from '@/lib/report-pdf/render-in-thread'
import { admin, engineer, later, lead, must } from '../../testing/people'
import { freezeReport } from '../frozen/freeze-report'
import { reportOf, wholeTrial } from '../report/report.testing'
import { knownOf } from './known'
import { openShare } from './open-share'
import { makeShareLink, previewShare, revokeShareLink } from './share-report'

let lab: TestDb
let trialId: string
let frozenReportId: string
/** What no shared report may hold. */
let secrets: string[]
const at = later(5000)
const day = (n: number) => later(5000 + n * 86_400)

beforeAll(async () => {
  lab = await createTestDb()
  trialId = (await wholeTrial(lab.db)).trialId
  const { device } = await reportOf(lab.db, trialId)
  await lab.sql`update devices set holder = 'Henrietta', location = 'Rack seven' where id = ${device.id}`
  await lab.sql`update mdm_servers set name = 'The Server of Lab Nine'`
  const [server] =
    await lab.sql`select url from mdm_servers where id = ${device.server?.id ?? null}`
  const { host } = new URL(server?.url)
  secrets = [
    ...[device.serial, device.enrollmentId, device.id, device.name, trialId],
    ...['Erin', 'Lee', 'Rae', 'Henrietta', 'Rack seven', 'The Server of Lab Nine', host],
  ].flatMap((text) => text ?? [])
  const writers = {
    copyAt: (snapshot: string, query: Parameters<typeof copyExportAt>[2]) =>
      copyExportAt(lab.sql, snapshot, query),
    pdf: renderInThread,
  }
  const selection = { title: 'For Apple', environment: 'simulated' as const, filter: {} }
  frozenReportId = must(await freezeReport(lab.db, lead, selection, writers, at), 'frozen').id
})
afterAll(() => lab.drop())

const preview = async (
  of = { trialId } as { trialId: string } | { frozenReportId: string },
  chosen: string[] = [],
) => must(await previewShare(lab.db, lead, { of, chosen }, at), 'shown')

async function share(over: Partial<Parameters<typeof makeShareLink>[2]> = {}, actor = lead) {
  const of = over.of ?? { trialId }
  const { digest } = await preview(of, [...(over.chosen ?? [])])
  const order = { of, title: 'For the review', days: 7, chosen: [], digest, ...over }
  return makeShareLink(lab.db, actor, order, at)
}
const made = async (over: Parameters<typeof share>[0] = {}) => must(await share(over), 'made')

const open = (
  token: string,
  now = later(5100),
  address = '192.0.2.7',
  form: 'page' | 'json' = 'page',
) => openShare(lab.db, { token, address, form }, now)

/** A name stands in other words: Lee in Fleetsmith. */
function holds(text: string, secret: string): boolean {
  const plain = secret.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![a-z0-9])${plain}(?![a-z0-9])`, 'i').test(text)
}

test('what is hidden does stand in the report of the lab', async () => {
  const report = await reportOf(lab.db, trialId)
  const whole = JSON.stringify(report)
  for (const secret of [report.device.serial, 'Erin', 'Lee', secrets.at(-1)])
    expect(whole).toContain(secret)
})

test.each([
  ['a trial', () => ({ trialId })],
  ['a frozen report', () => ({ frozenReportId })],
])(
  'the page and the JSON of %s hold no name, identifier, address or text that was not chosen',
  async (_what, of) => {
    const { token } = await made({ of: of() })
    const { content, expiresAt } = must(await open(token), 'open')
    const page = sharedHtml(
      { name: content.name, mark: content.mark, notes: [], documents: content.documents },
      'n',
    )
    const forms = [page, JSON.stringify(content)]
    for (const text of forms)
      for (const secret of [
        ...secrets,
        'the cable came off',
        'It installs',
        'Ünïcödé',
        'Who read it?',
      ])
        expect([secret, holds(text, secret)]).toEqual([secret, false])
    expect(page).toContain('engineer 1')
    expect(page).toContain('SIMULATED')
    expect(page).not.toMatch(/<script|<form|<a href="(?!#|https:\/\/)/)
    expect(expiresAt).toEqual(day(7))
  },
)

test('a chosen text is shown, its names and identifiers are not', async () => {
  const { texts } = await preview()
  const chosen = texts.filter(({ text }) => text === 'the cable came off').map(({ id }) => id)
  expect(chosen).toHaveLength(1)
  const { token, id } = await made({ chosen })
  const { content } = must(await open(token), 'open')
  const shown = content.documents.flatMap(textsOf).join('\n')
  expect(shown).toContain('the cable came off')
  expect(shown).not.toContain('it is worn')
  const [row] = await lab.sql`select texts_chosen, texts_in_all from share_links where id = ${id}`
  expect(row).toEqual({ texts_chosen: 1, texts_in_all: texts.length })
})

test('it shows what was previewed, also after the record of the trial has changed', async () => {
  const { documents } = await preview()
  const { token } = await made()
  await lab.sql`update devices set lab_tag = 'Z-99' where id = (select device_id from trials where id = ${trialId})`
  expect(await share({ digest: 'f'.repeat(64) })).toMatchObject({
    status: 'refused',
    field: 'digest',
  })
  const { content } = must(await open(token), 'open')
  expect(content.documents.map(reportHtml)).toEqual(documents.map(reportHtml))
})

test('only the hash of a token is kept, in no table and in no entry of the trail the token', async () => {
  const { token, id } = await made()
  expect(token).toMatch(/^[\w-]{43}$/)
  const [row] = await lab.sql`select * from share_links where id = ${id}`
  const hash = createHash('sha256').update(token).digest('hex')
  expect(row?.token_sha256).toBe(hash)
  const trail =
    await lab.sql`select * from audit_log where table_name = 'share_links' and row_id = ${id}`
  const entered = JSON.stringify(trail)
  expect(entered).not.toContain(token)
  expect(entered).not.toContain(hash)
  expect(JSON.stringify(row)).not.toContain(token)
})

test('each opening is entered in the trail, with its time and nothing about the reader', async () => {
  const { token, id, number } = await made()
  must(await open(token, later(5200), '198.51.100.23'), 'open')
  must(await open(token, later(5300), '198.51.100.23', 'json'), 'open')
  const entries = await lab.sql`select by_name, by_id, new from audit_log
    where table_name = 'share_openings' and new ->> 'link_id' = ${id} order by seq`
  expect(entries.map(({ by_name: name }) => name)).toEqual(
    Array.from({ length: 2 }, () => `Share link S-${number}`),
  )
  expect(JSON.stringify(entries)).not.toContain('198.51')
  const listed = (await listShareLinks(lab.db, 10)).find((one) => one.id === id)
  expect(listed).toMatchObject({ openings: 2, lastOpenedAt: later(5300) })
})

test('a guessed, an expired and a revoked link are answered alike, and no opening is entered', async () => {
  const expired = await made({ days: 1 })
  const revoked = await made()
  must(await revokeShareLink(lab.db, admin, revoked.id, later(5050)), 'revoked')
  const answers = [
    await open('x'.repeat(43)),
    await open(''),
    await open(expired.token, day(1)),
    await open(revoked.token),
  ]
  expect(new Set(answers.map((one) => JSON.stringify(one)))).toEqual(
    new Set(['{"status":"closed"}']),
  )
  const [row] = await lab.sql`select count(*)::int as n from share_openings
    where link_id in (${expired.id}, ${revoked.id})`
  expect(row?.n).toBe(0)
  expect(await revokeShareLink(lab.db, lead, revoked.id, at)).toMatchObject({ status: 'refused' })
})

test('guessing is slowed down for its address alone, and a right token is read there too', async () => {
  const { token } = await made()
  const from = '203.0.113.9'
  for (let n = 0; n < 20; n += 1)
    expect(await open(`guess-${n}`, later(6000), from)).toMatchObject({ status: 'closed' })
  expect(await open(token, later(6001), from)).toMatchObject({ status: 'open' })
  expect(await open('guess', later(6001), from)).toMatchObject({ status: 'wait' })
  expect(await open('guess', later(6001), '203.0.113.10')).toMatchObject({ status: 'closed' })
  expect(await open(token, later(6002), from)).toMatchObject({ status: 'open' })
})

test('a right token adds no strike, whichever attempt of its address it is', async () => {
  const { token } = await made()
  const from = '203.0.113.11'
  for (let n = 0; n < 19; n += 1) await open(`guess-${n}`, later(6100), from)
  const before = await lab.sql`select * from rate_limits where key = ${`share:from:${from}`}`
  for (let n = 0; n < 3; n += 1) must(await open(token, later(6100), from), 'open')
  expect(await lab.sql`select * from rate_limits where key = ${`share:from:${from}`}`).toEqual(
    before,
  )
})

test('right tokens do not use up the guesses of an address, and one link has a limit of its own', async () => {
  const { token } = await made()
  const from = '203.0.113.77'
  const answers: string[] = []
  for (let n = 0; n < 61; n += 1) answers.push((await open(token, later(7000), from)).status)
  expect(answers.slice(0, 60).every((status) => status === 'open')).toBe(true)
  expect(answers.at(-1)).toBe('wait')
})

test('who has a link cannot fill the trail with its openings: there are 1000 on a day', async () => {
  const { token, id } = await made()
  must(await open(token, later(8000)), 'open')
  await lab.sql`update rate_limits set count = 999 where key = ${`share:${id}:day`}`
  must(await open(token, later(8100)), 'open')
  expect(await open(token, later(8200))).toEqual({ status: 'wait', seconds: 86_400 - 200 })
  const [row] = await lab.sql`select count(*)::int as n from share_openings where link_id = ${id}`
  expect(row?.n).toBe(2)
  must(await open(token, later(8000 + 86_400)), 'open')
})

test('only a lead makes a link, with a title and an end within the bounds', async () => {
  expect(await share({}, engineer)).toMatchObject({ status: 'refused' })
  expect(await share({}, admin)).toMatchObject({ status: 'refused' })
  for (const title of ['', '  ', 'x'.repeat(201), 'two\nlines'])
    expect(await share({ title })).toMatchObject({ status: 'refused', field: 'title' })
  for (const days of [0, 91, 1.5, Number.NaN])
    expect(await share({ days })).toMatchObject({ status: 'refused', field: 'days' })
  const nowhere = { trialId: '00000000-0000-4000-8000-000000000000' }
  const order = { of: nowhere, title: 'x', days: 1, chosen: [], digest: '' }
  expect(await makeShareLink(lab.db, lead, order, at)).toMatchObject({ status: 'refused' })
})

test('the database refuses to change, prolong or revive a link, and an opening of a closed one', async () => {
  const { id } = await made()
  const { id: gone } = await made()
  must(await revokeShareLink(lab.db, lead, gone, later(5050)), 'revoked')
  for (const statement of [
    lab.sql`update share_links set expires_at = expires_at + interval '1 day' where id = ${id}`,
    lab.sql`update share_links set revoked_at = null, revoked_by_id = null, revoked_by_name = null where id = ${gone}`,
    lab.sql`delete from share_links where id = ${id}`,
  ])
    await expect(statement).rejects.toThrow()
  const opening = { form: 'page', openedAt: later(5100) }
  await expect(insertShareOpening(lab.db, { ...opening, linkId: gone })).rejects.toThrow()
  await expect(
    insertShareOpening(lab.db, { ...opening, linkId: id, openedAt: day(8) }),
  ).rejects.toThrow()
})

test('a device called after its model, and a server after its program, take no words out of a report', async () => {
  const report = await reportOf(lab.db, trialId)
  const named = { ...report, device: { ...report.device, name: 'iPhone' } }
  await lab.sql`insert into mdm_servers (name, slug, kind, url, api_key, hmac_key, simulated)
    select 'NanoMDM', 'mdm', kind, 'https://other.example', api_key, hmac_key, false from mdm_servers limit 1`
  const { identifiers } = await knownOf(lab.db, [named])
  const texts = identifiers.map(({ text }) => text)
  for (const word of ['iPhone', 'NanoMDM', 'mdm']) expect(texts).not.toContain(word)
  for (const text of ['other.example', report.device.serial]) expect(texts).toContain(text)
})
