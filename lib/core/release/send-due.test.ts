import { afterEach, beforeEach, expect, test } from 'vitest'
import { findServerSilence } from '@/lib/db/queries/servers/server-checks'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { SendResult } from '@/lib/mdm/server'
import type { VersionResult } from '@/lib/mdm/server-answers'
import { carryOn } from '@/lib/worker/carry-on'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must } from '../testing/people'
import { releasedTrial } from '../testing/trial'
import { queryDevice } from './query-device'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

const silence: SendResult = {
  outcome: 'unconfirmed',
  reason: 'the MDM server did not answer in time; it may have the command',
  noAnswer: true,
}
const noVersion: VersionResult = { ok: false, reason: 'timedOut', noAnswer: true }

/** A server that does not answer while `state.silent` is set, and how often its version was requested. */
async function moody() {
  const state = { silent: true, versions: 0 }
  const { servers, ledger } = fakeServer(() =>
    state.silent ? silence : { outcome: 'queued', reason: 'the server has it', httpStatus: 200 },
  )
  const server = {
    ...(await servers()),
    version: async (): Promise<VersionResult> => {
      state.versions += 1
      return state.silent ? noVersion : { ok: true, version: 'unknown' }
    },
  }
  return { state, ledger, servers: async () => server }
}

const ask = async (serverId: string) => {
  const { id } = await addDevice(lab.db, { serverId })
  return must(await queryDevice(lab.db, engineer, { deviceId: id }, later(0)), 'asked').commandUuid
}

test('after a server did not answer, nothing more is sent to it until it answers again', async () => {
  const serverId = await addServer(lab.db)
  const uuids = [await ask(serverId), await ask(serverId), await ask(serverId)]
  const { state, ledger, servers } = await moody()
  const round = (at: number) => carryOn({ db: lab.db, servers, clock: () => later(at) })

  await round(0)
  expect(ledger.enqueued).toHaveLength(1)
  expect(await findServerSilence(lab.db, serverId)).toMatchObject({
    since: later(0),
    tries: 1,
    nextTryAt: later(1),
    reason: silence.reason,
  })

  await round(0.5)
  expect(state.versions).toBe(0)
  await round(1)
  await round(3)
  await round(7)
  expect(state.versions).toBe(3)
  expect(ledger.enqueued).toHaveLength(1)
  expect(await findServerSilence(lab.db, serverId)).toMatchObject({
    since: later(0),
    tries: 4,
    nextTryAt: later(15),
  })

  state.silent = false
  await round(15)
  expect(ledger.enqueued.toSorted()).toEqual(uuids.toSorted())
  expect(await findServerSilence(lab.db, serverId)).toBeUndefined()
})

test('a server that does not answer delays no other', async () => {
  const [mute, well] = [await addServer(lab.db), await addServer(lab.db)]
  const [waiting, ready] = [await ask(mute), await ask(well)]
  let speak: (() => void) | undefined
  const stuck = fakeServer(
    () => new Promise<SendResult>((resolve) => (speak = () => resolve(silence))),
  )
  const { servers, ledger } = fakeServer()
  const round = carryOn({
    db: lab.db,
    servers: async (id) => (id === mute ? stuck.servers() : servers()),
    clock: () => later(1),
  })
  const command = (uuid: string) => () => findCommand(lab.db, uuid)
  await expect.poll(command(waiting)).toMatchObject({ state: 'sending' })
  await expect.poll(command(ready)).toMatchObject({ pushedAt: later(1) })
  expect(await findCommand(lab.db, waiting)).toMatchObject({ state: 'sending' })
  expect(ledger.enqueued).toEqual([ready])
  speak?.()
  await round
})

test('a release is sent before the queries that were due earlier', async () => {
  const { device, commandUuid } = await releasedTrial(lab.db)
  const asked = await ask(device.mdmServerId)
  const { servers, ledger } = fakeServer()
  await carryOn({ db: lab.db, servers, clock: () => later(121) })
  expect(ledger.enqueued.slice(0, 2)).toEqual([commandUuid, asked])
})

test('once stopping begins, nothing more is claimed', async () => {
  const serverId = await addServer(lab.db)
  const [first, second] = [await ask(serverId), await ask(serverId)]
  const stop = new AbortController()
  const { servers, ledger } = fakeServer(() => {
    stop.abort()
    return { outcome: 'queued', reason: 'the server has it', httpStatus: 200 }
  })
  const input = { db: lab.db, servers, clock: () => later(1), stopping: stop.signal }
  await carryOn(input)
  await carryOn(input)
  expect(ledger.enqueued).toHaveLength(1)
  const states = [await findCommand(lab.db, first), await findCommand(lab.db, second)]
  expect(states.map((one) => one?.state).toSorted()).toEqual(['queued', 'reserved'])
})
