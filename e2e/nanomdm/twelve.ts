import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proposeForTrial } from '@/lib/core/trials/conclude-trial'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { outcomeInfo } from '@/lib/domain/outcome/outcome'
import type { FaultId } from '@/lib/virtual-lab/faults'
import type { MdmClient } from '@/lib/virtual-lab/mdm-client'
import type { StorageKind } from '@/lib/virtual-lab/nanomdm-store'
import { type Bench, openBench, serverOn, speed } from './bench'

/** Twenty seconds of the bench, in minutes of the device. */
const lateMinutes = (20 * speed) / 60
const target = '16B92'

/** How the answers of one device come. */
type Manner = {
  name: string
  binaryReplies?: boolean
  /** `before` is the command at which the fault begins. */
  fault?: { id: FaultId; amount: number; before: 1 | 2 }
  /** The webhook never brings the answer to this command. */
  loses?: 1 | 2
}

const manners: Manner[] = [
  { name: 'as XML' },
  { name: 'as binary plists', binaryReplies: true },
  {
    name: 'as binary plists, each twice',
    binaryReplies: true,
    fault: { id: 'replyTwice', amount: 1, before: 1 },
  },
  { name: 'twice, of the install', fault: { id: 'replyTwice', amount: 1, before: 2 } },
  { name: 'after NotNow twice, of the download', fault: { id: 'notNow', amount: 2, before: 1 } },
  { name: 'after NotNow twice, of the install', fault: { id: 'notNow', amount: 2, before: 2 } },
  {
    name: 'late, of the download',
    fault: { id: 'replyLate', amount: lateMinutes, before: 1 },
  },
  {
    name: 'late, of the install',
    fault: { id: 'replyLate', amount: lateMinutes, before: 2 },
  },
  { name: 'never, of the download', fault: { id: 'neverReports', amount: 1, before: 1 } },
  { name: 'never, of the install', fault: { id: 'neverReports', amount: 1, before: 2 } },
  { name: 'lost by the webhook, of the install', loses: 2 },
  {
    name: 'as if it worked, and nothing happens',
    fault: { id: 'nothingHappens', amount: 1, before: 2 },
  },
]

/** Twelve devices that poll ten times a second would only show how fast the machine reads. */
const pollMs = 500

/**
 * Twelve whole trials at once on a server of that storage, a real one where the machine has it. A file for each
 * storage calls it, so that two processes share the time in which nothing more is to come.
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

    test('what is proposed is what each device did, or says that it is not certain', async () => {
      const results = await Promise.all(manners.map((manner, index) => trialOf(manner, index + 1)))
      for (const { manner, installed, seen, proposal } of results) {
        const reported = `${manner}: ${JSON.stringify({ installed, seen, proposal })}`
        expect(proposal, reported).toBeDefined()
        if (!proposal) continue
        const says = proposal.outcome && outcomeInfo[proposal.outcome].counts === 'installed'
        if (proposal.certain) expect(says ?? false, reported).toBe(installed)
        if (installed && seen === target) expect(says, reported).toBe(true)
      }
      // The manners that only bend the way of an answer keep no device from its update.
      expect(results.filter(({ installed }) => installed).length).toBeGreaterThanOrEqual(9)
      expect(bench.listener.errors).toEqual([])
    }, 1_200_000)

    async function trialOf(manner: Manner, certificate: number) {
      const serial = `F7${randomUUID().slice(0, 8).toUpperCase()}${certificate}`
      const but = { enrollmentId: randomUUID(), serial }
      const client = bench.deviceOf('B-01', certificate, {
        but,
        binaryReplies: (requestType) => isBinary(manner, requestType),
      })
      const deviceId = await bench.enrolled(client)
      const askedAt = Date.now()
      await bench.asked(deviceId)
      const what = `the state of the device that answers ${manner.name}`
      const knows = () => bench.knowsUpdates(deviceId)
      await bench.liveUntil(client, knows, { what, pollMs })
      // Longer than a person would wait; on a busy machine all takes longer, the first answers too.
      const deadlineMs = Math.max(60_000, 6 * (Date.now() - askedAt))
      /** False where it is given up; what then is, is the record. */
      const comesAbout = (holds: () => Promise<boolean>): Promise<boolean> =>
        bench.liveUntil(client, holds, { deadlineMs, pollMs }).then(
          () => true,
          () => false,
        )
      const trialId = await bench.armed(deviceId, serial)
      const installed = () => client.device().osBuild === target

      for (const ordinal of [1, 2] as const) {
        const ready = () => bench.isQualified(trialId, ordinal)
        if (installed() || !(await comesAbout(ready))) break
        // A question that is open when the fault begins may never be answered, and then nothing can be released.
        await bench.opensRelease(trialId, ordinal)
        if (!(await comesAbout(ready))) break
        await begin(manner, ordinal, client)
        const commandUuid = await bench.release(client, trialId, ordinal, { pollMs })
        if (manner.loses === ordinal) lost.add(commandUuid)
        const phase = () => client.device().update?.phase
        const done = async () => installed() || (ordinal === 1 && phase() === 'downloaded')
        await comesAbout(done)
      }
      await comesAbout(async () => (await bench.seenBuild(trialId)) === target)
      const trial = await findTrial(bench.lab.db, trialId)
      const proposal = trial && (await proposeForTrial(bench.lab.db, trial, new Date()))
      return { manner: manner.name, installed: installed(), seen: trial?.endBuild, proposal }
    }

    // pgsql stores no binary answer and hands the command out for ever, and what is queued behind it never: a
    // device that answered its probes so would never qualify.
    const isBinary = ({ binaryReplies }: Manner, requestType: string) =>
      binaryReplies === true && (storage === 'filekv' || requestType === 'ScheduleOSUpdate')

    async function begin({ fault }: Manner, ordinal: number, client: MdmClient): Promise<void> {
      if (fault?.before === ordinal)
        await client.feel({ kind: 'fault', fault: fault.id, amount: fault.amount })
    }
  })
}
