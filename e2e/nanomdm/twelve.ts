import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proposeForTrial } from '@/lib/core/trials/conclude-trial'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { outcomeInfo } from '@/lib/domain/outcome/outcome'
import type { FaultId } from '@/lib/virtual-lab/faults'
import type { MdmClient } from '@/lib/virtual-lab/mdm-client'
import type { StorageKind } from '@/lib/virtual-lab/nanomdm-store'
import { type Bench, openBench, serverOn, speed } from './bench'

/** 20 s of the test, in minutes of the device. */
const lateMinutes = (20 * speed) / 60
const target = '16B92'

/** How one device answers. */
type Behaviour = {
  name: string
  binaryReplies?: boolean
  /** The fault begins before the command `before`. */
  fault?: { id: FaultId; amount: number; before: 1 | 2 }
  /** The webhook loses the answer to this command. */
  loses?: 1 | 2
}

const behaviours: Behaviour[] = [
  { name: 'as XML' },
  { name: 'as binary plists', binaryReplies: true },
  {
    name: 'as binary plists, each twice',
    binaryReplies: true,
    fault: { id: 'replyTwice', amount: 1, before: 1 },
  },
  { name: 'twice to the install', fault: { id: 'replyTwice', amount: 1, before: 2 } },
  { name: 'with two NotNow first, to the download', fault: { id: 'notNow', amount: 2, before: 1 } },
  { name: 'with two NotNow first, to the install', fault: { id: 'notNow', amount: 2, before: 2 } },
  {
    name: 'late to the download',
    fault: { id: 'replyLate', amount: lateMinutes, before: 1 },
  },
  {
    name: 'late to the install',
    fault: { id: 'replyLate', amount: lateMinutes, before: 2 },
  },
  { name: 'never to the download', fault: { id: 'neverReports', amount: 1, before: 1 } },
  { name: 'never to the install', fault: { id: 'neverReports', amount: 1, before: 2 } },
  { name: 'the install, but the webhook loses it', loses: 2 },
  {
    name: 'as if it installed, but does nothing',
    fault: { id: 'nothingHappens', amount: 1, before: 2 },
  },
]

/** Polling faster would only measure how fast the machine processes twelve devices. */
const pollMs = 500

/**
 * Runs twelve whole trials at once on a server with that storage, a real one if the machine has it. Each
 * storage has its own test file, so that two processes share the waiting.
 */
export const describeTwelve = (storage: StorageKind) => {
  const server = serverOn(storage)
  describe(`twelve devices at once on ${server.name}`, () => {
    let bench: Bench
    const lost = new Set<string>()
    beforeAll(async () => {
      bench = await openBench(server, (body) =>
        [...lost].some(
          (commandUuid) => body.includes(commandUuid) && body.includes('Acknowledged'),
        ),
      )
    })
    afterAll(() => bench?.close())

    test('each proposed outcome is what the device did, or is marked as uncertain', async () => {
      const results = await Promise.all(
        behaviours.map((behaviour, index) => trialOf(behaviour, index + 1)),
      )
      for (const { behaviour, installed, seen, proposal } of results) {
        const reported = `${behaviour}: ${JSON.stringify({ installed, seen, proposal })}`
        expect(proposal, reported).toBeDefined()
        if (!proposal) continue
        const proposesInstalled =
          proposal.outcome && outcomeInfo[proposal.outcome].counts === 'installed'
        if (proposal.certain) expect(proposesInstalled ?? false, reported).toBe(installed)
        if (installed && seen === target) expect(proposesInstalled, reported).toBe(true)
      }
      // Behaviours that only affect answers do not stop an update.
      expect(results.filter(({ installed }) => installed).length).toBeGreaterThanOrEqual(9)
      expect(bench.listener.errors).toEqual([])
    }, 1_200_000)

    async function trialOf(behaviour: Behaviour, certificate: number) {
      const serial = `F7${randomUUID().slice(0, 8).toUpperCase()}${certificate}`
      const but = { enrollmentId: randomUUID(), serial }
      const client = bench.deviceOf('B-01', certificate, {
        but,
        binaryReplies: (requestType) => isBinary(behaviour, requestType),
      })
      const deviceId = await bench.enrol(client)
      const queriedAt = Date.now()
      await bench.query(deviceId)
      const what = `reading the device that answers ${behaviour.name}`
      const isRead = () => bench.hasUpdateReadings(deviceId)
      await bench.runUntil(client, isRead, { what, pollMs })
      // On a busy machine everything takes longer, so this scales with the time of the first answers.
      const deadlineMs = Math.max(60_000, 10 * (Date.now() - queriedAt))
      /** False if the deadline passes; the trial is then judged on its record. */
      const happens = (condition: () => Promise<boolean>): Promise<boolean> =>
        bench.runUntil(client, condition, { deadlineMs, pollMs }).then(
          () => true,
          () => false,
        )
      const trialId = await bench.createArmedTrial(deviceId, serial)
      const installed = () => client.device().osBuild === target

      for (const ordinal of [1, 2] as const) {
        const ready = () => bench.isQualified(trialId, ordinal)
        if (installed() || !(await happens(ready))) break
        // Pause queries: one that is open when the fault begins may never be answered, which blocks the release.
        await bench.openReleaseDialog(trialId, ordinal)
        if (!(await happens(ready))) break
        await startFault(behaviour, ordinal, client)
        const commandUuid = await bench.release(client, trialId, ordinal, { pollMs })
        if (behaviour.loses === ordinal) lost.add(commandUuid)
        const phase = () => client.device().update?.phase
        const done = async () => installed() || (ordinal === 1 && phase() === 'downloaded')
        await happens(done)
      }
      await happens(async () => (await bench.endBuildOf(trialId)) === target)
      const trial = await findTrial(bench.lab.db, trialId)
      const proposal = trial && (await proposeForTrial(bench.lab.db, trial, new Date()))
      return { behaviour: behaviour.name, installed: installed(), seen: trial?.endBuild, proposal }
    }

    // On pgsql NanoMDM does not store a binary answer, so it delivers that command again and again and no other.
    // A device with binary answers to probes would never qualify.
    const isBinary = ({ binaryReplies }: Behaviour, requestType: string) =>
      binaryReplies === true && (storage === 'filekv' || requestType === 'ScheduleOSUpdate')

    async function startFault(
      { fault }: Behaviour,
      ordinal: number,
      client: MdmClient,
    ): Promise<void> {
      if (fault?.before === ordinal)
        await client.feel({ kind: 'fault', fault: fault.id, amount: fault.amount })
    }
  })
}
