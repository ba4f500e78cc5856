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

// A database goes back in time because an asynchronous standby is promoted, or yesterday's backup is restored.
// Two commands were sent meanwhile. In the old database, one is still reserved, and the other does not exist.

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

/** One round of the worker: compares the database with the witness, then carries on. */
async function runRound(db: Db, mdm: Pick<Mdm, 'servers'>, witness: Witness, seconds: number) {
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

/** How the database goes back in time. */
type Loss = {
  /** Saves the state to go back to; called before the commits that will be lost. */
  save(primary: Server): Promise<void>
  /** Goes back; returns the server in use from then on. */
  goBack(primary: Server): Promise<Server>
  stopReason: RegExp
}

const losses: Record<string, (name: string) => Promise<Loss>> = {
  'a promoted asynchronous standby': async (name) => {
    const standby = await serverIn(home, `${name}-standby`, bin)
    return {
      save: async (primary) => {
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
      stopReason: /timeline is 2, before 1.*went back in time.*2 commands were sent/,
    }
  },
  "yesterday's backup": async (name) => {
    const backup = path.join(home, `${name}-backup`)
    return {
      save: async (primary) => {
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
      stopReason: /went back in time.*2 commands were sent/,
    }
  },
}

const cases = Object.keys(losses).flatMap((loss) =>
  Object.entries(mdmKinds).map(([mdm, start], index) => ({ loss, mdm, start, index })),
)

test.each(cases)('$loss, and an MDM server that $mdm: nothing is sent twice', async (it) => {
  const name = `${it.loss.replaceAll(/\W/g, '')}-${it.index}`
  const primary = await serverIn(home, name, bin)
  const loss = await losses[it.loss]?.(name)
  if (!loss) throw new Error('no such loss')
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
    const accepted = () => mdm.accepted(devices)
    expect(await runRound(db, mdm, witness, 1)).toBe('fine')
    await loss.save(primary)
    await closeAll()
    db = open(primary)

    // Both commands are sent; the commits that record it will be lost.
    await runRound(db, mdm, witness, 121)
    const seen = await seenSlot(db, released.trialId, 1, later(125))
    const lost = must(await releaseSigned(db, engineer, seen, later(125)), 'released')
    await runRound(db, mdm, witness, 250)
    // MicroMDM answers before it writes its queue.
    await expect.poll(accepted).toContain(claimed.commandUuid)
    await expect.poll(accepted).toContain(lost.commandUuid)
    await closeAll()

    const back = await loss.goBack(primary)
    db = open(back)
    expect(await findCommand(db, claimed.commandUuid)).toMatchObject({ state: 'reserved' })
    expect(await findCommand(db, lost.commandUuid)).toBeUndefined()
    // The trial is released again before the worker has compared the database with the witness.
    const again = await seenSlot(db, released.trialId, 1, later(255))
    must(await releaseSigned(db, engineer, again, later(255)), 'released')
    for (const seconds of [256, 380, 500])
      expect(await runRound(db, mdm, witness, seconds)).toBe('stopped')

    const interventions = [claimed.commandUuid, lost.commandUuid]
    expect(await listInterventions(db, await accepted())).toEqual(interventions.toSorted())
    const [stop] = await listOpenStops(db)
    expect(stop?.reason).toMatch(loss.stopReason)
    expect(await findCommand(db, claimed.commandUuid)).toMatchObject({ state: 'unconfirmed' })
    expect(await findTrial(db, claimed.trialId)).toMatchObject({
      state: 'observing',
      consumed: true,
    })
    expect(await listOpenAlarms(db, released.device.id)).toMatchObject([
      { kind: 'databaseWentBack', commandUuid: lost.commandUuid },
    ])
    expect((await findTrial(db, released.trialId))?.state).toBe('registered')

    // The device answers the command that the database does not have.
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

    // A lead clears the alarm of each device and ends the stop; still nothing is sent a second time.
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
    expect(await runRound(db, mdm, witness, 601)).toBe('accepted')
    expect(await runRound(db, mdm, witness, 700)).toBe('fine')
    expect(await listInterventions(db, await accepted())).toEqual(interventions.toSorted())
  } finally {
    await mdm.stop()
    await stopAll()
  }
})

/** The update commands among the accepted ones; a command that was accepted twice is listed twice. */
async function listInterventions(db: Db, accepted: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const uuid of accepted)
    if ((await findCommand(db, uuid))?.purpose !== 'probe') found.push(uuid)
  return found.toSorted()
}

test('a planned failover without loss needs one confirmation before sending resumes', async () => {
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
    await runRound(db, mdm, witness, 121)
    await catchUp(standby, primary)
    await closeAll()
    await primary.stop()
    await standby.run('pg_ctl', 'promote', '-D', standby.folder, '-w', '-s')
    db = open(standby)
    expect(await runRound(db, mdm, witness, 130)).toBe('stopped')
    const [stop] = await listOpenStops(db)
    expect(stop?.reason).toMatch(/timeline is 2, before 1/)
    expect(stop?.reason).not.toMatch(/went back/)
    expect(await listOpenAlarms(db, trial.device.id)).toEqual([])
    const reason = 'a planned switch'
    const ended = await endSendingStop(db, lead, { id: stop?.id ?? 0, reason }, later(140))
    expect(ended).toEqual({ status: 'ended' })
    expect(await runRound(db, mdm, witness, 141)).toBe('accepted')
    const next = await armedTrial(db, { at: later(142) })
    const seen = await seenSlot(db, next.trialId, 1, later(143))
    const { commandUuid } = must(await releaseSigned(db, engineer, seen, later(143)), 'released')
    expect(await runRound(db, mdm, witness, 270)).toBe('fine')
    expect(ledger.enqueued).toContain(commandUuid)
    expect(ledger.enqueued.filter((uuid) => uuid === trial.commandUuid)).toHaveLength(1)
  } finally {
    await stopAll()
  }
})
