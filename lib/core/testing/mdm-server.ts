import type { MdmServer, SendResult } from '@/lib/mdm/server'

export type Ledger = { enqueued: string[]; pushed: string[] }

/** An MDM server that answers as the test says and records what it was sent: the ground truth of the tests. */
export function fakeServer(
  answer: (commandUuid: string) => Promise<SendResult> | SendResult = () => ({
    outcome: 'queued',
    reason: 'the server has it',
    httpStatus: 200,
    body: '{}',
  }),
): { servers: () => Promise<MdmServer>; ledger: Ledger } {
  const ledger: Ledger = { enqueued: [], pushed: [] }
  const server: MdmServer = {
    pushesByItself: false,
    enqueue: async (_enrollmentId, _plist, { commandUuid }) => {
      ledger.enqueued.push(commandUuid)
      return answer(commandUuid)
    },
    push: async (enrollmentId) => {
      ledger.pushed.push(enrollmentId)
      return { ok: true }
    },
    version: async () => ({ ok: true, version: 'unknown' }),
    tryKey: async () => ({ found: 'yes', reason: 'the key was taken' }),
  }
  return { servers: async () => server, ledger }
}
