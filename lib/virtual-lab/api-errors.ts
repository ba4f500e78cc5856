import { randomUUID } from 'node:crypto'
import { pushToken, topic } from './check-in'
import type { LabState } from './lab-state'

/** One id's entry in an APIResult; the keys in the order of Go's struct. */
export type IdResult = { push_error?: string; push_result?: string; command_error?: string }

const apnsId = () => randomUUID().toUpperCase()

/** The push error of a whole call, in the words of each storage: NanoMDM v0.9.0, push/service/service.go. */
export function noCertificate({ store }: LabState): string {
  const reason =
    store.kind === 'filekv'
      ? `getting ${topic}.pem: key not found: ${topic}.pem`
      : 'sql: no rows in result set'
  return `retrieving push cert for topic ${JSON.stringify(topic)}: ${reason}`
}

/** The result of a push to one ID; undefined if the error is that of the whole call. */
export function pushResult(state: LabState, id: string, known: boolean): IdResult | undefined {
  if (!known) return { push_error: 'push data missing for id' }
  switch (state.server.push) {
    case 'ok':
      return { push_result: apnsId() }
    case 'noCertificate':
      return undefined
    case 'unreachable': {
      const url = `https://api.push.apple.com/3/device/${pushToken(id).toString('hex')}`
      return {
        push_error: `Post "${url}": dial tcp: lookup api.push.apple.com: no such host`,
      }
    }
    case 'unregistered':
      return {
        push_error: 'push HTTP status: 410: APNs push error: Unregistered',
        push_result: apnsId(),
      }
  }
}

/** The error of pgsql if PostgreSQL cannot write; the whole call fails. */
export const pgsqlQueueFailure =
  'pq: could not extend file "base/16384/16432": No space left on device'

/**
 * filekv reports the error of a queue under the CommandUUID instead of the ID, one entry for all IDs
 * (storage/kv/queue.go of v0.9.0, contrary to api/types.go); the CommandUUID is used up all the same.
 */
export const filekvQueueFailure = (commandUuid: string): Record<string, IdResult> => ({
  [commandUuid]: {
    command_error: `enqueue for ${commandUuid}: queue set last: no space left on device`,
  },
})
