import { randomUUID } from 'node:crypto'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { readKeptEvent } from '@/lib/core/ingest/read-kept-event'
import { observe } from '@/lib/core/record/observe'
import { deliver } from '@/lib/core/release/deliver'
import { queryDevice } from '@/lib/core/release/query-device'
import { addServer, readingsOf } from '@/lib/core/testing/device'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import { engineer, later, must } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import { concludeTrial } from '@/lib/core/trials/conclude-trial'
import type { Connection, Db } from '@/lib/db/client'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { systemActor } from '@/lib/domain/account/permissions'
import { inDatabase } from './lab'

/** With the answers of both commands, ten events a trial. */
const queriesPerTrial = 8

type Size = { name: string; rows: number; heap: number; indexes: number }

/**
 * Plays whole trials through the services and measures what each leaves in every table: one device, one protocol, two update
 * commands, eight queries and their answers, one observation, one outcome. The ratio is the bytes of a trial of the second half
 * over those of all: 1 if a record grows evenly.
 */
export async function benchGrowth(trials: number): Promise<number> {
  return inDatabase(4, async (owner) => {
    const serverId = await addServer(owner.db, false)
    // The first trials fill pages that are there already.
    const half = Math.ceil(trials / 2)
    const before = await sizesOf(owner)
    await play(owner.db, serverId, half)
    const middle = await sizesOf(owner)
    await play(owner.db, serverId, trials - half)
    const after = await sizesOf(owner)
    show(before, after, trials)
    const second = (total(after) - total(middle)) / Math.max(1, trials - half)
    return second / ((total(after) - total(before)) / trials)
  })
}

async function play(db: Db, serverId: string, trials: number): Promise<void> {
  for (let n = 0; n < trials; n += 1) await playTrial(db, serverId)
}

async function playTrial(db: Db, serverId: string): Promise<void> {
  const { trialId, device } = await armedTrial(db, { serverId })
  const { enrollmentId } = device
  const { servers } = fakeServer()
  const answer = async (commandUuid: string, keys: string, at: number) => {
    await deliver(db, servers, commandUuid, () => later(at))
    const body = answerBody({
      enrollmentId,
      commandUuid,
      status: 'Acknowledged',
      keys,
      at: later(at),
    })
    await readKeptEvent(
      db,
      (await keepEvent(db, serverId, body, later(at + 1))) ?? 0,
      later(at + 2),
    )
  }
  const release = async (ordinal: number, at: number) => {
    const seen = await seenSlot(db, trialId, ordinal, later(at))
    const { commandUuid } = must(await releaseSigned(db, engineer, seen, later(at)), 'released')
    await answer(commandUuid, ordinal === 1 ? downloading : '', at + 121)
  }
  await release(1, 0)
  for (let n = 0; n < queriesPerTrial; n += 1) {
    const questions = ['DeviceInformation'] as const
    const query = { deviceId: device.id, questions: [...questions], trialId }
    const { commandUuid } = must(
      await queryDevice(db, systemActor, query, later(200 + 40 * n)),
      'asked',
    )
    await answer(commandUuid, deviceInformation, 201 + 40 * n)
  }
  await insertReadings(db, device.id, readingsOf(freshReadings, later(590)))
  await release(2, 600)
  const [kind, observedAt] = ['newOsSeen' as const, later(900)]
  const seen = { osVersion: '12.1', osBuild: '16B92', text: '', nonce: randomUUID() }
  must(await observe(db, engineer, { trialId, kind, observedAt, ...seen }, later(901)), 'logged')
  const decision = { trialId, outcome: 'installedAsExpected' as const, reason: '' }
  must(await concludeTrial(db, engineer, decision, later(920)), 'concluded')
}

const freshReadings = {
  ...{ batteryLevel: 0.9, externalPower: true, passcodePresent: false },
  updateActivity: 'idle' as const,
}

const downloading = `<key>UpdateResults</key><array><dict><key>InstallAction</key><string>Default</string>
  <key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Downloading</string></dict></array>`

const deviceInformation = `<key>QueryResponses</key><dict><key>OSVersion</key><string>12.0.1</string>
  <key>BuildVersion</key><string>16A404</string><key>BatteryLevel</key><real>0.9</real>
  <key>DeviceCapacity</key><real>64</real><key>AvailableDeviceCapacity</key><real>40.5</real>
  <key>IsSupervised</key><true/><key>ModelName</key><string>iPhone</string></dict>`

/** The bytes of every table, with what is stored beside its rows, and of its indexes. */
async function sizesOf({ sql }: Connection): Promise<Size[]> {
  await sql`vacuum analyze`
  return sql<Size[]>`
    select relname as name, greatest(reltuples, 0)::int as rows, pg_table_size(oid)::float8 as heap,
      pg_indexes_size(oid)::float8 as indexes
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`
}

const total = (sizes: readonly Size[]) =>
  sizes.reduce((sum, { heap, indexes }) => sum + heap + indexes, 0)

function show(before: readonly Size[], after: readonly Size[], trials: number): void {
  const grown = after.flatMap((one) => {
    const empty = before.find(({ name }) => name === one.name)
    const rows = one.rows - (empty?.rows ?? 0)
    const heap = one.heap - (empty?.heap ?? 0)
    const indexes = one.indexes - (empty?.indexes ?? 0)
    return rows > 0 ? [{ name: one.name, rows, heap, indexes }] : []
  })
  console.log(`what ${trials} whole trials leave, in bytes:`)
  console.log('table                        rows a trial   of a row   of its indexes   of a trial')
  for (const { name, rows, heap, indexes } of grown.toSorted(
    (one, other) => other.heap + other.indexes - one.heap - one.indexes,
  ))
    console.log(
      [
        name.padEnd(28),
        (rows / trials).toFixed(1).padStart(12),
        (heap / rows).toFixed(0).padStart(10),
        (indexes / rows).toFixed(0).padStart(16),
        ((heap + indexes) / trials).toFixed(0).padStart(12),
      ].join(' '),
    )
  const all = (total(after) - total(before)) / trials
  console.log(`${'all'.padEnd(28)} ${all.toFixed(0).padStart(53)}`)
}
