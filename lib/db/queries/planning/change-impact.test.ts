import { afterAll, beforeAll, expect, test } from 'vitest'
import { importFeed } from '@/lib/core/catalogue/import-feed'
import { holdDevice } from '@/lib/core/devices/hold-device'
import { addDevice } from '@/lib/core/testing/device'
import { later, lead, must, now } from '@/lib/core/testing/people'
import { armedTrial } from '@/lib/core/testing/trial'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { sampleText } from '@/lib/domain/catalogue/feed.testing'
import { listChangeImpacts } from './change-impact'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const model = 'iPhone10,1'
const list = (versions: readonly string[]) => ({
  PublicAssetSets: { iOS: [] },
  AssetSets: {
    iOS: versions.map((ProductVersion) => ({
      ...{ ProductVersion, Build: '16B92', PostingDate: '2026-02-01' },
      ...{ ExpirationDate: '2026-12-31', SupportedDevices: [model] },
    })),
  },
})
const load = async (feed: unknown, readOn: string) => {
  const bytes = new TextEncoder().encode(typeof feed === 'string' ? feed : JSON.stringify(feed))
  return must(
    await importFeed(lab.db, lead, { bytes, fileName: 'pmv.json', readOn }, now),
    'imported',
  )
}
const impacts = async (environment: 'real' | 'simulated' = 'real') =>
  (await listChangeImpacts(lab.db, environment, now)).map(({ change, kept, trials }) => [
    ...[change.kind, change.version],
    ...[kept.map(({ deviceId }) => deviceId), trials.map(({ id }) => id)],
  ])

test('a copy that drops a target names the reservation and the trial that rest on it', async () => {
  const held = await addDevice(lab.db)
  const { trialId } = await armedTrial(lab.db)
  const keep = { deviceId: held.id, reason: 'kept for 12.1', until: later(86_400) }
  must(await holdDevice(lab.db, lead, keep, now), 'held')
  await load(list(['12.1']), '2026-02-01')
  // One copy has nothing before it.
  expect(await impacts()).toEqual([])
  await load(list(['12.1.1']), '2026-02-10')
  expect(await impacts()).toEqual([
    ['gone', '12.1', [held.id], [trialId]],
    ['new', '12.1.1', [held.id], []],
  ])
  expect(await impacts('simulated')).toEqual([])
  // The same content read again is no other copy.
  await load(list(['12.1.1']), '2026-02-11')
  expect((await impacts()).map(([kind]) => kind)).toEqual(['gone', 'new'])
  // A feed of another kind leaves the list alone.
  await load(sampleText('ipswme-device.json'), '2026-02-12')
  expect((await impacts()).map(([kind]) => kind)).toEqual(['gone', 'new'])
})
