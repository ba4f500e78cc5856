import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { insertReadings, type NewReading } from '@/lib/db/queries/devices/readings'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Platform } from '@/lib/domain/device/device'
import { splitVersion } from '@/lib/domain/device/os-version'
import { isNotApplicable, type ReadingField, readingFields } from '@/lib/domain/reading/reading'
import { readTyped, type TypeableField, typeableFields } from '@/lib/domain/reading/typed-reading'
import { recordOsChange } from '../ingest/detect-os-change'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, refused } from '../shared/result'

export type TypedTexts = Partial<Record<TypeableField, string>>

export type TypeReadings = {
  deviceId: string
  /** As typed; an empty text leaves its field unchanged. */
  texts: TypedTexts
  /** When it was read off the device, if not just now. */
  seenAt?: Date | undefined
}

export type TypingProblem = { field: TypeableField | 'seenAt'; reason: string; accepted: string }
export type TypingRefusal = Refusal & { problems: TypingProblem[] }

/** `notes` name each text that was understood differently from how it was typed. */
export type Typed = { status: 'typed'; count: number; notes: string[] }

/** Stores readings that a person read off the device, with the person's name. If one text is invalid, nothing is stored. */
export async function typeReadings(
  db: Db,
  actor: Actor,
  input: TypeReadings,
  now: Date,
): Promise<Typed | Refusal | TypingRefusal> {
  const no = forbidden(actor, 'typeReading')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('There is no such device.')
    if (device.retiredAt) return refused('The device is retired, so nothing is read off it.')
    const answeredAt = input.seenAt ?? now
    const { readings, notes, problems } = understand(input.texts, device.platform)
    const [first] = [...problems, ...badTime(answeredAt, now)]
    if (first)
      return {
        ...refused(`${first.reason} Accepted: ${first.accepted}.`, first.field),
        problems: [...problems, ...badTime(answeredAt, now)],
      }
    if (readings.length === 0) return refused('Nothing was typed.')
    await insertReadings(
      tx,
      device.id,
      readings.map((reading) => ({
        ...reading,
        unknownReason: reading.value === undefined ? `${actor.name} could not tell` : null,
        source: 'typed' as const,
        answeredAt,
        recordedAt: now,
        byId: actor.id,
        byName: actor.name,
      })),
    )
    await recordOsChange(tx, device.id, { at: answeredAt }, now)
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'typed', count: readings.length, notes }
  })
}

const badTime = (seenAt: Date, now: Date): TypingProblem[] =>
  seenAt <= now
    ? []
    : [{ field: 'seenAt', reason: 'This is in the future.', accepted: 'a time up to now' }]

/** Parses every text for a platform, and returns all problems at once. */
export function understand(texts: TypedTexts, platform: Platform) {
  const readings: Pick<NewReading, 'field' | 'value'>[] = []
  const notes: string[] = []
  const problems: TypingProblem[] = []
  for (const field of typeableFields) {
    const text = texts[field]?.trim()
    if (!text) continue
    const { label } = readingFields[field]
    const typed = readTyped(field, text)
    if (isNotApplicable(field, platform)) problems.push(notOn(field, platform))
    else if (typed.status === 'refused') problems.push({ field, ...typed })
    else if (typed.status === 'notKnown') readings.push({ field })
    else {
      const split = field === 'osVersion' ? splitVersion(text) : undefined
      readings.push({ field, value: split?.version ?? typed.value })
      if (split?.extra !== undefined) readings.push({ field: 'osVersionExtra', value: split.extra })
      if (typed.note) notes.push(`${label}: ${typed.note}`)
    }
  }
  notes.push(...halfOs(readings))
  return { readings, notes, problems: [...problems, ...contradiction(readings)] }
}

/** Version and build are one reading, so that no pair is stored that nobody saw. */
function halfOs(readings: readonly Pick<NewReading, 'field'>[]): string[] {
  const has = (field: ReadingField) => readings.some((reading) => reading.field === field)
  if (has('osVersion') === has('osBuild')) return []
  const [one, other] = has('osVersion') ? ['version', 'build'] : ['build', 'version']
  return [
    `OS ${one}: entered without its ${other}, which is unknown from now on; enter both, or query the device`,
  ]
}

const notOn = (field: TypeableField, platform: Platform): TypingProblem => ({
  field,
  reason: `${platform} has no ${readingFields[field].label.toLowerCase()}.`,
  accepted: 'leave it empty',
})

function contradiction(readings: readonly Pick<NewReading, 'field' | 'value'>[]): TypingProblem[] {
  const named = readings.some(({ field, value }) => field === 'networkName' && value !== undefined)
  const none = readings.some(({ field, value }) => field === 'network' && value === 'none')
  if (!named || !none) return []
  const reason = 'A device without a network has no network name.'
  return [{ field: 'networkName', reason, accepted: 'leave it empty, or choose the network' }]
}
