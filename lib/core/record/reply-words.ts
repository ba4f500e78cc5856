import type { TrialReply } from '@/lib/db/queries/trials/trial-view'
import { describeReported } from '@/lib/domain/reading/describe-reading'
import { readingFields } from '@/lib/domain/reading/reading'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import type { TimelineReply } from '@/lib/domain/trial/timeline-entry'
import { describeError } from '@/lib/mdm/errors'
import { readPlist } from '@/lib/mdm/plist/plist'
import { interpretReply } from '@/lib/mdm/reply'
import type { Reply, UpdateResult, UpdateStatusItem } from '@/lib/mdm/reply-types'

/** A reply for the timeline: what it claims, in words. The bytes stay one click away. */
export function timelineReply(row: TrialReply): TimelineReply {
  return {
    id: row.id,
    at: row.createdAt ?? row.receivedAt,
    receivedAt: row.receivedAt,
    commandUuid: row.commandUuid ?? undefined,
    requestType: row.requestType ?? undefined,
    topic: row.topic ?? undefined,
    slotOrdinal: row.slotOrdinal ?? undefined,
    status: row.status ?? undefined,
    readState: row.readState,
    reason: row.reason ?? undefined,
    oddities: row.oddities ?? [],
    words: wordsOf(row),
  }
}

function wordsOf({ payload, requestType, status }: TrialReply): string {
  if (status === 'NotNow') return 'It cannot do it now and will be asked again.'
  // No device answers a declaration by its CommandUUID.
  if (payload === null || requestType === null || requestType === enforcementType) return ''
  const plist = readPlist(payload)
  if (!plist.ok) return ''
  const reply = interpretReply(requestType, plist.value)
  return [...claims(reply), ...errors(reply.errorChain)].join(' · ')
}

const errors = (chain: Reply['errorChain']): string[] =>
  chain.length === 0 ? [] : [describeError(chain).text]

function claims(reply: Reply): string[] {
  if (reply.requestType === 'ScheduleOSUpdate') return (reply.results ?? []).map(resultWords)
  if (reply.requestType === 'OSUpdateStatus' && reply.items?.length)
    return reply.items.map(statusWords)
  return reply.readings.map(
    (reading) => `${readingFields[reading.field].label}: ${describeReported(reading)}`,
  )
}

function resultWords({ productKey, installAction, statusText, errorChain }: UpdateResult): string {
  const parts = [productKey, installAction, statusText].filter((part) => part !== undefined)
  return [parts.join(', ') || 'an empty item', ...errors(errorChain)].join(': ')
}

function statusWords({ productKey, statusText, downloadFraction, isDownloaded }: UpdateStatusItem) {
  const parts = [
    productKey,
    statusText,
    downloadFraction === undefined ? undefined : `${Math.round(downloadFraction * 100)} %`,
    isDownloaded === undefined ? undefined : isDownloaded ? 'downloaded' : 'not downloaded',
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}
