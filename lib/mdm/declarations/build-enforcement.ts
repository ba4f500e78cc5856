import { createHash } from 'node:crypto'
import { ownIdentifier } from '@/lib/domain/declaration/own-identifier'
import { canonicalJson } from '@/lib/domain/signature/canonical-json'
import type { DeclarationSlotPlan } from '@/lib/domain/trial/protocol'
import { isCommandUuid } from '../command'

/** Apple's names of the two declarations that together enforce an update; an activation alone does nothing. */
export const configurationType = 'com.apple.configuration.softwareupdate.enforcement.specific'
const activationType = 'com.apple.activation.simple'

type DeclarationBytes = { identifier: string; json: Uint8Array }

/** Everything of a declaration slot that a server gets, and the bytes that are stored, signed and hashed before it does. */
export type BuiltEnforcement = {
  set: string
  configuration: DeclarationBytes
  activation: DeclarationBytes
  /** JSON Lines in UTF-8: the configuration, then the activation, exactly the bytes that are put. */
  stored: Uint8Array
  sha256: string
}

/** The names that a CommandUUID gives: only letters, digits, "." and "-", as a server cannot read a name with "/" again. */
export const enforcementNames = (commandUuid: string) => ({
  set: `lab.oneway.${commandUuid}`,
  configuration: ownIdentifier(commandUuid, 'enforce'),
  activation: ownIdentifier(commandUuid, 'activate'),
})

const ownName = /^lab\.oneway\.([0-9a-f-]{36})(?:\.(?:enforce|activate))?$/

/** The CommandUUID in an identifier or name of a set that Oneway made; undefined for a stranger's. */
export function commandOfIdentifier(identifier: string): string | undefined {
  const uuid = ownName.exec(identifier)?.[1]
  return uuid !== undefined && isCommandUuid(uuid) ? uuid : undefined
}

type Order = {
  /** In lower case, as `commands` has it. */
  commandUuid: string
  slot: DeclarationSlotPlan
  /** TargetLocalDateTime: see `localEnforcement`. */
  local: string
}

/**
 * Builds configuration and activation. The server compares bytes and a device takes other bytes for another declaration,
 * so the same order always gives the same bytes.
 * @throws Error on an order that `planProblems` and `localEnforcement` refuse: a bug
 */
export function buildEnforcement({ commandUuid, slot, local }: Order): BuiltEnforcement {
  if (!isCommandUuid(commandUuid) || commandUuid !== commandUuid.toLowerCase())
    throw new Error(`${commandUuid} is not a UUID in lower case`)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(local))
    throw new Error(`${local} is not a TargetLocalDateTime`)
  const { targetVersion, targetBuild, detailsUrl } = slot
  const names = enforcementNames(commandUuid)
  const configuration = declarationOf(configurationType, names.configuration, {
    TargetOSVersion: targetVersion,
    TargetBuildVersion: targetBuild,
    TargetLocalDateTime: local,
    DetailsURL: detailsUrl,
  })
  const activation = declarationOf(activationType, names.activation, {
    StandardConfigurations: [names.configuration],
  })
  const stored = Buffer.concat([configuration.json, newLine, activation.json, newLine])
  const sha256 = createHash('sha256').update(stored).digest('hex')
  return { set: names.set, configuration, activation, stored, sha256 }
}

const newLine = Buffer.from('\n')

const declarationOf = (type: string, identifier: string, payload: unknown): DeclarationBytes => ({
  identifier,
  json: Buffer.from(canonicalJson({ Type: type, Identifier: identifier, Payload: payload })),
})

/** The two declarations of stored bytes, cut at their lines and not written again; undefined for any other bytes. */
export function readEnforcement(
  stored: Uint8Array,
  commandUuid: string,
): Omit<BuiltEnforcement, 'sha256'> | undefined {
  const bytes = Buffer.from(stored)
  const first = bytes.indexOf(newLine)
  const second = bytes.indexOf(newLine, first + 1)
  if (first < 0 || second !== bytes.length - 1) return undefined
  const names = enforcementNames(commandUuid)
  const lines = [bytes.subarray(0, first), bytes.subarray(first + 1, second)] as const
  const [configuration, activation] = [
    { identifier: names.configuration, json: lines[0] },
    { identifier: names.activation, json: lines[1] },
  ]
  const isOurs = declares(configuration, configurationType) && declares(activation, activationType)
  return isOurs ? { set: names.set, configuration, activation, stored } : undefined
}

/** Why these stored bytes are not the declaration that was reserved; undefined if they are. Checked right before sending. */
export const enforcementProblem = (stored: Uint8Array, commandUuid: string): string | undefined =>
  readEnforcement(stored, commandUuid)
    ? undefined
    : `the stored bytes are not the two declarations of ${commandUuid}`

function declares({ identifier, json }: DeclarationBytes, type: string): boolean {
  try {
    const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
    const isRecord = typeof read === 'object' && read !== null
    return isRecord && 'Type' in read && 'Identifier' in read
      ? read.Type === type && read.Identifier === identifier
      : false
  } catch {
    return false
  }
}
