import { afterAll, beforeEach, expect, test } from 'vitest'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { getDailySources, listNewestFetches } from '@/lib/db/queries/catalogue/fetches'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { sampleText } from '@/lib/domain/catalogue/feed.testing'
import type { fetchedSources } from '@/lib/domain/catalogue/feed-source'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { chooseDailySources, type FetchedFeed, fetchNextFeed } from './fetch-feeds'

let lab: TestDb
beforeEach(async () => {
  await lab?.drop()
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const day = 24 * 60 * 60
const bytes = (text: string): FetchedFeed => ({
  status: 'read',
  bytes: new TextEncoder().encode(text),
})
const pmv = bytes(sampleText('apple-pmv.json'))

/** Runs rounds until nothing is due; answers the addresses that were asked. */
async function rounds(answer: (url: string) => FetchedFeed, at = now): Promise<string[]> {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    return answer(url)
  }
  while ((await fetchNextFeed(lab.db, fetch, () => at)) === 1);
  return asked
}
const choose = async (...sources: (typeof fetchedSources)[number][]) =>
  must(await chooseDailySources(lab.db, lead, { sources }, now), 'saved')

test('nothing is fetched until a lead has chosen a source, and an engineer may not', async () => {
  expect(await getDailySources(lab.db)).toEqual([])
  expect(await rounds(() => pmv)).toEqual([])
  expect(await chooseDailySources(lab.db, engineer, { sources: ['pmv'] }, now)).toMatchObject({
    status: 'refused',
  })
  expect(await rounds(() => pmv)).toEqual([])
})

test('a source is asked once a day, whatever came of it, and again the next day', async () => {
  await choose('pmv')
  expect(await rounds(() => pmv)).toEqual(['https://gdmf.apple.com/v2/pmv'])
  expect(await rounds(() => pmv, later(60))).toEqual([])
  const failed = { status: 'failed' as const, reason: 'no whole answer within 60 s' }
  expect(await rounds(() => failed, later(day))).toHaveLength(1)
  expect(await rounds(() => pmv, later(day + 60))).toEqual([])
  expect(await listNewestFetches(lab.db, 5)).toMatchObject([
    { result: 'failed', reason: failed.reason, importId: null },
    { result: 'stored', reason: null, importId: expect.any(Number) },
  ])
})

test('two workers at one moment ask once', async () => {
  await choose('pmv')
  let asked = 0
  const fetch = async () => {
    asked++
    return pmv
  }
  await Promise.all(Array.from({ length: 4 }, () => fetchNextFeed(lab.db, fetch, () => now)))
  expect(asked).toBe(1)
})

test('what is refused or failed leaves the last good copy; the same content only moves its day', async () => {
  await choose('pmv')
  await rounds(() => pmv)
  const before = await loadCatalogue(lab.db)
  await rounds(() => bytes('{"AssetSets"'), later(day))
  await rounds(() => bytes(sampleText('sofa-v2-ios.json')), later(2 * day))
  await rounds(() => bytes('<html>Sign in to this network</html>'), later(3 * day))
  expect(await loadCatalogue(lab.db)).toEqual(before)
  await rounds(() => pmv, later(4 * day))
  expect((await loadCatalogue(lab.db)).listReadOn).toBe('2026-03-06')
  expect(await listNewestFetches(lab.db, 5)).toMatchObject([
    { result: 'unchanged' },
    { result: 'refused', reason: expect.stringContaining('is not whole JSON') },
    {
      result: 'refused',
      reason: expect.stringContaining('is SOFA v2 iOS, and Apple PMV was asked for'),
    },
    { result: 'refused' },
    { result: 'stored' },
  ])
})

test('ipsw.me is asked for the models of real devices, and an answer for another model is refused', async () => {
  const device = await addDevice(lab.db, {})
  await lab.sql`update devices set model_identifier = 'iPhone14,2' where id = ${device.id}`
  const virtual = await addDevice(lab.db, { simulated: true })
  await lab.sql`update devices set model_identifier = 'iPad4,1' where id = ${virtual.id}`
  await choose('ipsw')
  const answer = bytes(sampleText('ipswme-device.json'))
  expect(await rounds(() => answer)).toEqual([
    'https://api.ipsw.me/v4/device/iPhone14%2C2?type=ipsw',
  ])
  expect((await loadCatalogue(lab.db)).signings).toHaveLength(4)
  const other = bytes(sampleText('ipswme-device.json').replaceAll('iPhone14,2', 'iPhone9,1'))
  await rounds(() => other, later(day))
  expect((await listNewestFetches(lab.db, 1))[0]).toMatchObject({ result: 'refused' })
})

test('a request that never ended, as its worker was killed, is not made again on that day', async () => {
  await choose('pmv')
  const killed = async () => {
    throw new Error('killed')
  }
  await expect(fetchNextFeed(lab.db, killed, () => now)).rejects.toThrow('killed')
  expect(await rounds(() => pmv, later(60))).toEqual([])
  expect(await rounds(() => pmv, later(day))).toHaveLength(1)
})

test('what a fetch was is never deleted', async () => {
  await choose('pmv')
  await rounds(() => pmv)
  await expect(lab.sql`delete from catalogue_fetches`).rejects.toThrow(/only grows/)
})
