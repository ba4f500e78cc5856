import { z } from 'zod'
import { removalCauses } from '@/lib/domain/trial/declaration-step'

const text = z.string()
const [uuid, sha256] = [text, text]
const when = z.iso.datetime()
const orUnknown = <T extends z.ZodType>(schema: T) => schema.nullable()

const withdrawal = z.strictObject({
  cause: z.enum(removalCauses),
  ...{ requestedAt: when, by: text, reason: text },
  steps: z.array(z.strictObject({ at: when, words: text })).meta({
    description: 'the requests to the server by which it was taken back, and what was read back',
  }),
  detachedAt: orUnknown(when).meta({ description: 'null: its server has not detached it' }),
  finishedAt: orUnknown(when).meta({ description: 'null: its server may hold something of it' }),
  seenWithoutAt: orUnknown(when).meta({
    description: 'null: the device has not been seen without it, and may still have it',
  }),
  seenWithoutHow: orUnknown(text),
})

/** What a report says of a command or declaration that was released. */
export const command = z.strictObject({
  ...{ commandUuid: uuid, ordinal: orUnknown(z.int()), requestType: text, state: text },
  plistSha256: sha256,
  ...{ releasedAt: when, releasedBy: text, sentAt: orUnknown(when) },
  ...{ answeredAt: orUnknown(when), answerStatus: orUnknown(text) },
  ...{ answeredAgain: z.int(), notNow: z.int() },
  ...{ abandonedAt: orUnknown(when), abandonedBy: orUnknown(text) },
  abandonedReason: orUnknown(text),
  withdrawal: orUnknown(withdrawal).meta({
    description: 'how a declaration was taken back; null: it was not, or it is a command',
  }),
})
