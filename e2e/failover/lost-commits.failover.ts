import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearAlarm } from '@/lib/core/devices/clear-alarm'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { readKeptEvent } from '@/lib/core/ingest/read-kept-event'
import { checkWitness } from '@/lib/core/release/check-witness'
import { endSendingStop } from '@/lib/core/release/sending-stop'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import { engineer, later, lead, must } from '@/lib/core/testing/people'
import { armedTrial, releasedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import type { Connection, Db } from '@/lib/db/client'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { listOpenStops } from '@/lib/db/queries/servers/sending-stops'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createWitness, type Witness } from '@/lib/witness/witness'
import { carryOn } from '@/lib/worker/carry-on'
import { type Mdm, mdmKinds } from './mdm-servers'
import {
  catchUp,
  copyFolder,
  cutReplication,
  findPrograms,
  makeModel,
  type Server,
  serverIn,
  startStandby,
} from './postgres'

// The two worst cases of a database that goes back in time: the last commits are lost at the promotion of
// an asynchronous standby, and by putting back yesterday's backup. In both, one trial's command had been
// claimed and sent, and another's had been released and sent, and the database knows of neither.

let home: string
let bin: string
let model: Server
beforeAll(async () => {
  bin = findPrograms() ?? ''
  home = mkdtempSync(path.join(tmpdir(), 'oneway-failover-'))
  model = await makeModel(home, bin)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const running: Server[] = []
const connections: Connection[] = []
const open = (server: Server): Db => {
  const connection = server.connect()
  connections.push(connection)
  return connection.db
}
const closeAll = () => Promise.all(connections.splice(0).map(({ end }) => end()))
const stopAll = async () => {
  await closeAll()
  for (const server of running.splice(0)) await server.stop('immediate').catch(() => undefined)
}

/** What the worker does in a round: it looks whether the database is what was witnessed, and carries on. */
async function round(db: Db, mdm: Pick<Mdm, 'servers'>, witness: Witness, seconds: number) {
  const now = later(seconds)
  const found = await checkWitness(db, witness, now)
  await carryOn({
    db,
    servers: mdm.servers(db),
    clock: () => now,
    sending: { witness, settlePausesMs: [0, 100, 500] },
  })
  return found
}

/** How the database goes back: what is done before the commits that are lost, and after them. */
type Way = {
  keep(primary: Server): Promise<void>
  /** Gives the server that answers from now on. */
  goBack(primary: Server): Promise<Server>
  says: RegExp
}

const ways: Record<string, (name: string) => Promise<Way>> = {
  'a promoted asynchronous standby': async (name) => {
    const standby = await serverIn(home, `${name}-standby`, bin)
    return {
      keep: async (primary) => {
        await startStandby(standby, primary)
        running.push(standby)
        await catchUp(standby, primary)
        await cutReplication(standby)
      },
      goBack: async (primary) => {
        await primary.stop('immediate')
        await standby.run('pg_ctl', 'promote', '-D', standby.folder, '-w', '-s')
        return standby
      },
      says: /timeline is 2, before 1.*went back in time.*2 commands were sent/,
    }
  },
  "yesterday's backup": async (name) => {
    const backup = path.join(home, `${name}-backup`)
    return {
      keep: async (primary) => {
        await closeAll()
        await primary.stop()
        copyFolder(primary.folder, backup)
        await primary.start()
      },
      goBack: async (primary) => {
        await primary.stop()
        copyFolder(backup, primary.folder)
        await primary.start()
        return primary
      },
      says: /went back in time.*2 commands were sent/,
    }
  },
}

const cases = Object.keys(ways).flatMap((way) =>
  Object.entries(mdmKinds).map(([mdm, start], index) => ({ way, mdm, start, index })),
)

test.each(cases)('$way, and an MDM server that $mdm: nothing is sent twice', async (it) => {
  const name = `${it.way.replaceAll(/\W/g, '')}-${it.index}`
  const primary = await serverIn(home, name, bin)
  const way = await ways[it.way]?.(name)
  if (!way) throw new Error('no such way')
  const mdm = await it.start()
  try {
    copyFolder(model.folder, primary.folder)
    await primary.start()
    running.push(primary)
    const witness = createWitness(path.join(home, `${name}-witness`))
    let db = open(primary)
    const serverId = await mdm.addTo(db)
    const input = serverId === undefined ? {} : { serverId }
    const claimed = await releasedTrial(db, input)
    const released = await armedTrial(db, input)
    const devices = [claimed, released].map(({ device }) => device.enrollmentId)
    const taken = () => mdm.taken(devices)
    expect(await round(db, mdm, witness, 1)).toBe('fine')
    await way.keep(primary)
    await closeAll()
    db = open(primary)

    // On the database that will be lost, both commands leave.
    await round(db, mdm, witness, 121)
    const seen = await seenSlot(db, released.trialId, 1, later(125))
    const lost = must(await releaseSigned(db, engineer, seen, later(125)), 'released')
    await round(db, mdm, witness, 250)
    // MicroMDM writes its queue after it has answered.
    await expect.poll(taken).toContain(claimed.commandUuid)
    await expect.poll(taken).toContain(lost.commandUuid)
    await closeAll()

    const back = await way.goBack(primary)
    db = open(back)
    expect(await findCommand(db, claimed.commandUuid)).toMatchObject({ state: 'reserved' })
    expect(await findCommand(db, lost.commandUuid)).toBeUndefined()
    // Somebody presses Release before the worker has looked.
    const again = await seenSlot(db, released.trialId, 1, later(255))
    must(await releaseSigned(db, engineer, again, later(255)), 'released')
    for (const seconds of [256, 380, 500])
      expect(await round(db, mdm, witness, seconds)).toBe('stopped')

    const interventions = [claimed.commandUuid, lost.commandUuid]
    expect(await listInterventions(db, await taken())).toEqual(interventions.toSorted())
    const [stop] = await listOpenStops(db)
    expect(stop?.reason).toMatch(way.says)
    expect(await findCommand(db, claimed.commandUuid)).toMatchObject({ state: 'unconfirmed' })
    expect(await findTrial(db, claimed.trialId)).toMatchObject({
      state: 'observing',
      consumed: true,
    })
    expect(await listOpenAlarms(db, released.device.id)).toMatchObject([
      { kind: 'databaseWentBack', commandUuid: lost.commandUuid },
    ])
    expect((await findTrial(db, released.trialId))?.state).toBe('registered')

    // The device answers what the database has forgotten.
    const { mdmServerId, enrollmentId } = released.device
    const keys = '<key>UpdateResults</key><array/>'
    const answer = { enrollmentId, commandUuid: lost.commandUuid, status: 'Acknowledged', keys }
    const eventId = await keepEvent(
      db,
      mdmServerId,
      answerBody({ ...answer, at: later(510) }),
      later(510),
    )
    await readKeptEvent(db, eventId ?? 0, later(510))
    expect(await findRawEvent(db, eventId ?? 0)).toMatchObject({
      readState: 'unmatched',
      trialId: released.trialId,
    })
    expect(await listOpenAlarms(db, released.device.id)).toHaveLength(2)

    // A lead looks at each device, and what was sent is not sent again afterwards either.
    const stopId = stop?.id ?? 0
    const end = () => endSendingStop(db, lead, { id: stopId, reason: 'looked at all' }, later(600))
    expect(await end()).toMatchObject({ status: 'refused' })
    for (const { device } of [claimed, released])
      for (const { id } of await listOpenAlarms(db, device.id))
        must(
          await clearAlarm(db, lead, { id, reason: 'it stands at 12.0.1' }, later(590)),
          'cleared',
        )
    expect(await end()).toEqual({ status: 'ended' })
    expect(await round(db, mdm, witness, 601)).toBe('accepted')
    expect(await round(db, mdm, witness, 700)).toBe('fine')
    expect(await listInterventions(db, await taken())).toEqual(interventions.toSorted())
  } finally {
    await mdm.stop()
    await stopAll()
  }
})

/** Of what the MDM server has taken, the commands that change a device, each as often as it was taken. */
async function listInterventions(db: Db, taken: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const uuid of taken) if ((await findCommand(db, uuid))?.purpose !== 'probe') found.push(uuid)
  return found.toSorted()
}

test('a planned failover that loses nothing needs one confirmation, and then goes on', async () => {
  const primary = await serverIn(home, 'planned', bin)
  const standby = await serverIn(home, 'planned-standby', bin)
  const { servers, ledger } = fakeServer()
  const mdm = { servers: () => servers }
  try {
    copyFolder(model.folder, primary.folder)
    await primary.start()
    running.push(primary)
    await startStandby(standby, primary)
    running.push(standby)
    const witness = createWitness(path.join(home, 'planned-witness'))
    let db = open(primary)
    const trial = await releasedTrial(db)
    await round(db, mdm, witness, 121)
    await catchUp(standby, primary)
    await closeAll()
    await primary.stop()
    await standby.run('pg_ctl', 'promote', '-D', standby.folder, '-w', '-s')
    db = open(standby)
    expect(await round(db, mdm, witness, 130)).toBe('stopped')
    const [stop] = await listOpenStops(db)
    expect(stop?.reason).toMatch(/timeline is 2, before 1/)
    expect(stop?.reason).not.toMatch(/went back/)
    expect(await listOpenAlarms(db, trial.device.id)).toEqual([])
    const reason = 'a planned switch'
    const ended = await endSendingStop(db, lead, { id: stop?.id ?? 0, reason }, later(140))
    expect(ended).toEqual({ status: 'ended' })
    expect(await round(db, mdm, witness, 141)).toBe('accepted')
    const next = await armedTrial(db, { at: later(142) })
    const seen = await seenSlot(db, next.trialId, 1, later(143))
    const { commandUuid } = must(await releaseSigned(db, engineer, seen, later(143)), 'released')
    expect(await round(db, mdm, witness, 270)).toBe('fine')
    expect(ledger.enqueued).toContain(commandUuid)
    expect(ledger.enqueued.filter((uuid) => uuid === trial.commandUuid)).toHaveLength(1)
  } finally {
    await stopAll()
  }
})
