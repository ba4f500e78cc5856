import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type Command, listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import {
  commandOfIdentifier,
  configurationType,
  enforcementNames,
} from '@/lib/mdm/declarations/build-enforcement'
import {
  declarationsOf,
  type NotRead,
  type ServerHolds,
} from '@/lib/mdm/declarations/declaration-server'
import { type Destination, destinationInWords } from '@/lib/mdm/destination'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { destinationFor, signedServer } from './release-destination'
import { enforcementOf } from './stored-declaration'

/** What the server of declarations holds for a device, or why that is not known. */
export type Holdings = ServerHolds | NotRead

/** The same before there is anything of this lab. */
type Beside = Pick<ServerHolds, 'ok' | 'otherSets' | 'leftOut'>

/** What was found before a release, and where: it counts for a release to that place only. */
export type FoundHoldings = {
  holds: Beside | NotRead
  ownSets: readonly string[]
  readFrom: Destination
}

/** What the server's sets show before a declaration is sent; the same form as what a queue shows. */
export type HoldingsAtClaim = {
  /** The set of this very declaration is attached, so it left before. */
  hasCommand: boolean
  problem?: string | undefined
  unknown?: { reason: string; noAnswer?: true } | undefined
}

/** The sets of a trial: one declaration of a trial is no stranger to another. */
export async function setsOfTrial(db: Db, trialId: string): Promise<string[]> {
  const commands = await listCommandsOfTrial(db, trialId)
  return commands
    .filter(({ requestType }) => requestType === enforcementType)
    .map(({ commandUuid }) => enforcementNames(commandUuid).set)
}

/**
 * Why nothing may be attached beside what the server holds: another software-update declaration for this device, whoever
 * put it there, or that it is not known. Declarations of other types are shown and left alone.
 */
export function holdingsProblem(
  holds: Holdings | Beside,
  ownSets: readonly string[],
): string | undefined {
  if (!holds.ok)
    return `the server did not show what it holds for the device (${holds.reason}), so it is unknown whether another software-update declaration is there`
  if (holds.leftOut > 0)
    return `the server holds so much for the device that ${holds.leftOut} of its sets and declarations were not looked into, so it is unknown whether another software-update declaration is there`
  if ('configuration' in holds && isAltered(holds))
    return 'the server holds something else under the names of this declaration and its set'
  const foreign = foreignEnforcements(holds, ownSets)
  if (foreign.length === 0) return undefined
  return `the server holds another software-update declaration for the device: ${foreign.join('; ')}. Two of them compete, and the earlier date wins: take the other one off first`
}

const isAltered = (holds: ServerHolds): boolean =>
  declarationsOf(holds).some(({ is }) => is === 'other') || holds.inSet.others.length > 0

/** A stranger can put one into a set of this trial too, so only the trial's own declarations are left out. */
const foreignEnforcements = ({ otherSets }: Beside, ownSets: readonly string[]): string[] =>
  otherSets.flatMap(({ set, declarations }) =>
    declarations
      .filter(({ type }) => type === undefined || type === configurationType)
      .filter(({ identifier }) => !(ownSets.includes(set) && namesOf(set).includes(identifier)))
      .map(({ identifier, type }) => {
        const whose =
          commandOfIdentifier(set) === undefined ? 'not of this lab' : 'not of this trial'
        const what = type === undefined ? ', whose type the server does not show' : ''
        return `${identifier} in the set ${set} (${whose}${what})`
      }),
  )

/** What this lab puts into a set of its own. */
function namesOf(set: string): string[] {
  const commandUuid = commandOfIdentifier(set)
  if (commandUuid === undefined) return []
  const { set: _, ...names } = enforcementNames(commandUuid)
  return Object.values(names)
}

/** The same in words, for the record and for the person who is about to release. */
export function describeHoldings(holds: Holdings | Beside): string {
  if (!holds.ok) return `What the server holds could not be read: ${holds.reason}`
  const own =
    'configuration' in holds
      ? `Its set is ${holds.attached ? 'attached' : 'not attached'}; ${inWords(holds)}. `
      : ''
  if (holds.otherSets.length === 0) return `${own}No other set of this device`
  const others = holds.otherSets.map(
    ({ set, declarations }) =>
      `${set} (${declarations.map(({ identifier }) => identifier).join(', ') || 'empty'})`,
  )
  return `${own}Other sets of this device: ${others.join('; ')}`
}

const inWords = ({ configuration, activation, subscription }: ServerHolds): string =>
  [
    `configuration ${words[configuration.is]}, activation ${words[activation.is]}`,
    ...(subscription
      ? [
          `status subscription ${words[subscription.configuration.is]}, its activation ${words[subscription.activation.is]}`,
        ]
      : []),
  ].join(', ')

const words = { same: 'stored', other: 'stored with another content', absent: 'absent' } as const

/** Reads what the server holds for a declaration that is due, from the place that its release was signed for. */
export async function readHoldings(
  db: Db,
  servers: MdmServers,
  command: Command,
): Promise<HoldingsAtClaim> {
  if (command.state !== 'reserved') return { hasCommand: false }
  const signed = await signedServer(db, servers, command)
  // The claim finds the same difference and lapses the release.
  if ('problem' in signed) return { hasCommand: false }
  const read = enforcementOf(command)
  if (!read.ok) return { hasCommand: false, problem: read.reason }
  if (!signed.server.declarations) return { hasCommand: false, problem: noDeclarations }
  const holds = await signed.server.declarations.read(read.enforcement)
  const ownSets = command.trialId === null ? [] : await setsOfTrial(db, command.trialId)
  return {
    hasCommand: holds.ok && holds.attached,
    problem: holdingsProblem(holds, ownSets),
    ...(!holds.ok && { unknown: holds }),
  }
}

export const noDeclarations = 'its MDM server has no server of declarations'

export type LookedAt = { status: 'looked'; at: Date; words: string; problem: string | undefined }

/** Shows a person what the server of declarations holds for the device of a trial, before a release. It changes nothing. */
export async function lookAtHoldings(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: { trialId: string },
  clock: () => Date,
): Promise<LookedAt | Refusal> {
  const no = forbidden(actor, 'askDevice')
  if (no) return no
  const found = await findHoldings(db, servers, input.trialId)
  if ('status' in found) return found
  const { holds, ownSets } = found
  return {
    status: 'looked',
    at: clock(),
    words: describeHoldings(holds),
    problem: holdingsProblem(holds, ownSets),
  }
}

/** Reads what is there for the device of a trial, where a release of its declarations would go now. */
export async function findHoldings(
  db: Db,
  servers: MdmServers,
  trialId: string,
): Promise<FoundHoldings | Refusal> {
  const trial = await findTrial(db, trialId)
  const device = trial && (await findDeviceRow(db, trial.deviceId))
  if (!device?.mdmServerId || device.enrollmentId === null)
    return refused('the device has no enrollment ID or MDM server')
  const { mdmServerId, enrollmentId } = device
  const there = await transact(db, systemActor, async (tx) => {
    const goes = await destinationFor(tx, device, 'declaration')
    return 'problem' in goes ? goes : { ...goes, server: await servers(mdmServerId, tx) }
  })
  if ('problem' in there) return refused(there.problem)
  const { declarations } = there.server
  if (!declarations) return refused(noDeclarations)
  const held = await declarations.sets(enrollmentId)
  const holds = held.ok ? { ...held, otherSets: held.sets } : held
  return { holds, ownSets: await setsOfTrial(db, trialId), readFrom: there.sendsTo }
}

/** Why a release may not rest on what was found: it was another place, or something is there. */
export function foundProblem(
  found: FoundHoldings | undefined,
  sendsTo: Destination,
): string | undefined {
  if (!found) return 'what the server of declarations holds for the device was not read'
  if (JSON.stringify(found.readFrom) !== JSON.stringify(sendsTo))
    return `what the server holds was read from ${destinationInWords(found.readFrom)}; the release goes to ${destinationInWords(sendsTo)}: look again`
  return holdingsProblem(found.holds, found.ownSets)
}
