import { createHash } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { listCurrentImports, listNewestImports } from '@/lib/db/queries/catalogue/imports'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { changed, factsOf, samples, sampleText } from '@/lib/domain/catalogue/feed.testing'
import { admin, engineer, lead, must, now } from '../testing/people'
import { importFeed } from './import-feed'

let lab: TestDb
beforeEach(async () => {
  await lab?.drop()
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const fileOf = (feed: unknown, readOn = '2026-02-28') => ({
  bytes: new TextEncoder().encode(typeof feed === 'string' ? feed : JSON.stringify(feed)),
  fileName: 'feed.json',
  readOn,
})
const load = async (feed: unknown, readOn?: string) =>
  importFeed(lab.db, lead, fileOf(feed, readOn), now)

describe('importing a feed', () => {
  test.each(samples)('%s is kept with its bytes, its hash and every fact', async (name) => {
    const text = sampleText(name)
    const { importId, kind } = must(await load(text), 'imported')
    const [stored] = await listCurrentImports(lab.db)
    const sha256 = createHash('sha256').update(text).digest('hex')
    expect(stored).toMatchObject({ id: importId, kind, fileSha256: sha256, byName: lead.name })
    const [file] = await lab.sql`select * from catalogue_files`
    expect(new TextDecoder().decode(file?.bytes)).toBe(text)
    const facts = factsOf(text)
    const { listings, signings, releases, names } = await loadCatalogue(lab.db)
    const source = { kind, readOn: '2026-02-28' }
    expect(listings).toEqual(facts.listings.map((one) => ({ ...one, source })))
    expect(signings).toEqual(facts.signings.map((one) => ({ ...one, source })))
    const read = releases.filter((one) => one.source.kind !== 'shipped')
    const wanted = facts.releases.map(({ claimedBuilds = [], ...one }) =>
      claimedBuilds.length > 0 ? { ...one, claimedBuilds, source } : { ...one, source },
    )
    expect(read).toEqual(wanted)
    expect([...names]).toHaveLength(new Set(facts.names.map(({ device }) => device)).size)
  })

  test.each(samples)('%s cut off is refused, kept, and the last good copy stays', async (name) => {
    must(await load(sampleText(name)), 'imported')
    const before = await loadCatalogue(lab.db)
    const cut = sampleText(name).slice(0, 300)
    expect(await load(cut, '2026-03-01')).toMatchObject({
      status: 'refused',
      field: 'file',
      reason: expect.stringContaining('What was imported before stays in use.'),
    })
    expect(await loadCatalogue(lab.db)).toEqual(before)
    const [newest] = await listNewestImports(lab.db, 1)
    expect(newest).toMatchObject({ state: 'refused', facts: 0, problems: [{ path: 'the file' }] })
    const [file] =
      await lab.sql`select bytes from catalogue_files where sha256 = ${newest?.fileSha256 ?? ''}`
    expect(new TextDecoder().decode(file?.bytes)).toBe(cut)
  })

  test('the same bytes on a later day move the day, and repeat no fact', async () => {
    must(await load(sampleText('apple-pmv.json')), 'imported')
    const again = must(await load(sampleText('apple-pmv.json'), '2026-03-01'), 'imported')
    expect(again.unchanged).toBe(true)
    const { listings, listReadOn } = await loadCatalogue(lab.db)
    expect(listReadOn).toBe('2026-03-01')
    expect(listings).toHaveLength(factsOf(sampleText('apple-pmv.json')).listings.length)
    expect(listings[0]?.source.readOn).toBe('2026-03-01')
    const [counted] = await lab.sql`select count(*)::int as n from catalogue_listings`
    expect(counted?.n).toBe(listings.length)
  })

  test('a copy older than the one in use is kept and does not replace it', async () => {
    must(await load(sampleText('apple-pmv.json')), 'imported')
    const old = changed('apple-pmv.json', ['AssetSets', 'iOS'], [])
    const result = must(await load(old, '2025-01-01'), 'imported')
    expect(result.newerReadOn).toBe('2026-02-28')
    expect((await loadCatalogue(lab.db)).listReadOn).toBe('2026-02-28')
  })

  test('a newer copy replaces the older, whose facts stay in the record', async () => {
    must(await load(sampleText('apple-pmv.json')), 'imported')
    must(await load(changed('apple-pmv.json', ['AssetSets', 'iOS'], []), '2026-03-01'), 'imported')
    const { listings } = await loadCatalogue(lab.db)
    expect(listings.filter(({ set, family }) => set === 'managed' && family === 'iOS')).toEqual([])
    const [counted] =
      await lab.sql`select count(distinct import_id)::int as n from catalogue_listings`
    expect(counted?.n).toBe(2)
  })

  test('answers of ipsw.me for two models stand beside each other', async () => {
    must(await load(sampleText('ipswme-device.json')), 'imported')
    const other = sampleText('ipswme-device.json').replaceAll('iPhone14,2', 'iPhone15,2')
    must(await load(other), 'imported')
    const { signings } = await loadCatalogue(lab.db)
    expect(signings.map(({ devices }) => devices[0])).toEqual(
      expect.arrayContaining(['iPhone14,2', 'iPhone15,2']),
    )
  })

  test.each([
    [engineer, {}, 'needs the role'],
    [admin, {}, 'needs the role'],
    [lead, { readOn: '2026-03-03' }, 'lies in the future'],
    [lead, { readOn: '2026' }, 'such as 2026-08-22'],
    [lead, { readOn: '' }, 'such as 2026-08-22'],
    [lead, { bytes: new Uint8Array() }, 'is empty'],
    [lead, { bytes: new Uint8Array(5_000_001) }, 'larger than 5 MB'],
    [lead, { bytes: Uint8Array.of(0xff, 0xfe, 0x7b) }, 'is not UTF-8'],
  ])('by %o with %o it is refused', async (actor, change, reason) => {
    const file = { ...fileOf(sampleText('apple-pmv.json')), ...change }
    expect(await importFeed(lab.db, actor, file, now)).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining(reason),
    })
  })

  test('what was imported only grows, whoever asks', async () => {
    must(await load(sampleText('appledb-ios-list.json')), 'imported')
    must(await load(sampleText('apple-pmv.json')), 'imported')
    must(await load(sampleText('sofa-v2-ios.json')), 'imported')
    const tables = ['files', 'imports', 'listings', 'signings', 'releases', 'names']
    for (const table of tables.map((name) => `catalogue_${name}`)) {
      await expect(lab.sql.unsafe(`delete from ${table}`)).rejects.toThrow(/only grows/)
      await expect(lab.sql.unsafe(`truncate ${table} cascade`)).rejects.toThrow(/only grows/)
    }
    await expect(lab.sql`update catalogue_signings set signed = false`).rejects.toThrow(
      /only grows/,
    )
  })

  test('a file whose hash is another is refused by the database', async () => {
    await expect(lab.sql`insert into catalogue_files values ('00', 'x', now())`).rejects.toThrow(
      /a_file_has_its_hash/,
    )
  })
})
