import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { recordedState } from '@/lib/db/queries/devices/readings'
import type { Command } from '@/lib/db/queries/trials/commands'
import { localEnforcement } from '@/lib/domain/trial/enforcement-time'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { readEnforcement } from '@/lib/mdm/declarations/build-enforcement'
import type { Enforcement } from '@/lib/mdm/declarations/declaration-server'

type Read<T> = ({ ok: true } & T) | { ok: false; reason: string }
type Stored = Pick<Command, 'commandUuid' | 'enrollmentId' | 'plist'>

/** What goes to the server of declarations for a command: its stored bytes as they are, or why they are not its own. */
export function enforcementOf({
  commandUuid,
  enrollmentId,
  plist,
}: Stored): Read<{ enforcement: Enforcement }> {
  const read = readEnforcement(plist, commandUuid)
  if (!read)
    return { ok: false, reason: `the stored bytes are not the declarations of ${commandUuid}` }
  const { stored: _, ...declarations } = read
  return { ok: true, enforcement: { enrollmentId, ...declarations } }
}

/** The IANA zone of a device; undefined where it is not known. */
export async function zoneOf(db: Db, deviceId: string): Promise<string | undefined> {
  const { timeZone } = await recordedState(db, deviceId)
  return timeZone?.value
}

type Declared = { plan: ProtocolPlan; ordinal: number; command: Command | undefined }

/**
 * The local time that the declaration of a slot names; undefined for a command. The bytes of a slot never change, so one
 * that is released again must still name the time that the protocol asks for now.
 */
export function declaredTime(
  { plan, ordinal, command }: Declared,
  zone: string | undefined,
  at: Date,
): Read<{ local: string | undefined }> {
  const slot = plan.slots[ordinal - 1]
  if (!slot || !isDeclaration(slot)) return { ok: true, local: undefined }
  if (zone === undefined)
    return {
      ok: false,
      reason: 'the time zone of the device is not known, and a declaration names its local time',
    }
  const wanted = localEnforcement(slot.when, zone, at)
  if (!wanted.ok || !command) return wanted
  const stored = declaredTimeOf(command)
  // What had passed when it was released first has still passed.
  if (slot.when.kind === 'asSoonAsPossible' || stored === wanted.local)
    return { ok: true, local: stored }
  return {
    ok: false,
    reason: `the bytes of a declaration never change: this one names ${stored}, and the protocol asks for ${wanted.local} now. Withdraw the trial and draft it again`,
  }
}

/** Why a declaration may not leave at the end of its hold: the time that it names has passed meanwhile. */
export function passedTime(
  { plan, ordinal, command }: Declared & { command: Command },
  zone: string | undefined,
  at: Date,
): string | undefined {
  const slot = plan.slots[ordinal - 1]
  if (!slot || !isDeclaration(slot) || slot.when.kind === 'asSoonAsPossible') return undefined
  const stored = declaredTimeOf(command)
  const now =
    zone === undefined ? undefined : localEnforcement({ kind: 'asSoonAsPossible' }, zone, at)
  if (!now?.ok) return 'the time zone of the device is not known any more'
  // Both in the same form, so that the order of the texts is that of the times.
  if (stored !== undefined && stored > now.local) return undefined
  return `the time that it names, ${stored}, has passed in ${now.zone}: the device would install soon after it gets it`
}

/** TargetLocalDateTime in the stored bytes of a declaration, as the device gets it. */
export function declaredTimeOf({
  commandUuid,
  plist,
}: Pick<Command, 'commandUuid' | 'plist'>): string | undefined {
  const read = readEnforcement(plist, commandUuid)
  const json: unknown = read && JSON.parse(new TextDecoder().decode(read.configuration.json))
  const payload = fieldOf(json, 'Payload')
  const local = fieldOf(payload, 'TargetLocalDateTime')
  return typeof local === 'string' ? local : undefined
}

const subscription = z.object({
  Payload: z.object({ StatusItems: z.array(z.object({ Name: z.string() })) }),
})

/** The status items that the stored bytes of a declaration subscribe its device to; none for a command, or bytes of an older version. */
export function storedItemsOf({
  commandUuid,
  plist,
}: Pick<Command, 'commandUuid' | 'plist'>): string[] {
  const json = readEnforcement(plist, commandUuid)?.subscription?.configuration.json
  if (!json) return []
  const { Payload } = subscription.parse(JSON.parse(new TextDecoder().decode(json)))
  return Payload.StatusItems.map(({ Name }) => Name)
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
