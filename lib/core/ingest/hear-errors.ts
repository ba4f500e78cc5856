import type { Db } from '@/lib/db/client'
import { insertErrorSightings, type NewErrorSighting } from '@/lib/db/queries/events/error-codes'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { ErrorItem, Reply } from '@/lib/mdm/reply-types'

/** Longer than any domain of Apple's; what is longer stays in the kept reply alone. */
const longestDomain = 200
const longestText = 1000

/** Adds what errors a reply has, at every level of its chains, to the dictionary of this lab. */
export async function hearErrors(
  tx: Db,
  {
    command,
    reply,
    at,
    rawEventId,
  }: { command: Command; reply: Reply; at: Date; rawEventId: number },
): Promise<void> {
  const results = reply.requestType === 'ScheduleOSUpdate' ? reply.results : undefined
  const inResults = results?.flatMap(({ errorChain }) => errorChain) ?? []
  const heard = [
    ...reply.errorChain.flatMap(sightingOf('reply')),
    ...inResults.flatMap(sightingOf('result')),
  ]
  const { commandUuid, deviceId, requestType } = command
  await insertErrorSightings(
    tx,
    heard.map((one) => ({ ...one, commandUuid, deviceId, requestType, rawEventId, at })),
  )
}

const sightingOf =
  (place: NewErrorSighting['place']) =>
  ({ domain, code, text }: ErrorItem) =>
    domain === undefined || code === undefined || domain.length > longestDomain
      ? []
      : [{ place, domain, code, text: text?.slice(0, longestText) ?? null }]
