import { createHash } from 'node:crypto'
import {
  ownIdentifier,
  readOwnIdentifier,
  subscriptionType,
} from '@/lib/domain/declaration/own-identifier'
import { canonicalJson } from '@/lib/domain/signature/canonical-json'
import type { DeclarationSlotPlan } from '@/lib/domain/trial/protocol'
import { isCommandUuid } from '../command'
import { type DeclarationBytes, declarationsOf, type Enforcement } from './declaration-server'

/** Apple's names of the declarations that together enforce an update; an activation alone does nothing. */
export const configurationType = 'com.apple.configuration.softwareupdate.enforcement.specific'
const activationType = 'com.apple.activation.simple'

/** Everything of a declaration slot that a server gets, and the bytes that are stored, signed and hashed before it does. */
export type BuiltEnforcement = Omit<Enforcement, 'enrollmentId'> & {
  /**
   * JSON Lines in UTF-8, exactly the bytes that are put: the configuration and its activation, then the status
   * subscription and its activation, which the bytes of an older version do not have.
   */
  stored: Uint8Array
  sha256: string
}

/** The names that a CommandUUID gives: only letters, digits, "." and "-", as a server cannot read a name with "/" again. */
export const enforcementNames = (commandUuid: string) => ({
  set: `lab.oneway.${commandUuid}`,
  configuration: ownIdentifier(commandUuid, 'enforce'),
  activation: ownIdentifier(commandUuid, 'activate'),
  subscription: ownIdentifier(commandUuid, 'subscribe'),
  subscriptionActivation: ownIdentifier(commandUuid, 'activate-subscription'),
})

const ownSet = /^lab\.oneway\.([0-9a-f-]{36})$/

/** The CommandUUID in an identifier or name of a set that Oneway made; undefined for a stranger's. */
export function commandOfIdentifier(identifier: string): string | undefined {
  const uuid = ownSet.exec(identifier)?.[1] ?? readOwnIdentifier(identifier)?.commandUuid
  return uuid !== undefined && isCommandUuid(uuid) ? uuid : undefined
}

type Order = {
  /** In lower case, as `commands` has it. */
  commandUuid: string
  slot: DeclarationSlotPlan
  /** TargetLocalDateTime: see `localEnforcement`. */
  local: string
  /** The status items that the device is subscribed to; undefined for a set without a subscription, as older versions made it. */
  items?: readonly string[]
}

/**
 * Builds configurations and activations. The subscription has an activation of its own: by Apple, a device applies all
 * configurations of an activation or none, so that a subscription it refused could keep the update from being enforced.
 * https://developer.apple.com/documentation/devicemanagement/leveraging_the_declarative_management_data_model_to_scale_devices
 * The server compares bytes and a device takes other bytes for another declaration,
 * so the same order always gives the same bytes.
 * @throws Error on an order that `planProblems` and `localEnforcement` refuse: a bug
 */
export function buildEnforcement({ commandUuid, slot, local, items }: Order): BuiltEnforcement {
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
  const activation = activationOf(names.activation, names.configuration)
  const pair = { configuration, activation }
  const subscription = items && {
    configuration: declarationOf(subscriptionType, names.subscription, {
      StatusItems: items.map((Name) => ({ Name })),
    }),
    activation: activationOf(names.subscriptionActivation, names.subscription),
  }
  const all = { set: names.set, ...pair, ...(subscription && { subscription }) }
  const stored = joined(declarationsOf(all))
  return { ...all, stored, sha256: createHash('sha256').update(stored).digest('hex') }
}

const newLine = Buffer.from('\n')

/** The bytes of declarations as they are stored. */
export const joined = (declarations: readonly DeclarationBytes[]): Uint8Array =>
  Buffer.concat(declarations.flatMap(({ json }) => [json, newLine]))

const activationOf = (identifier: string, configuration: string): DeclarationBytes =>
  declarationOf(activationType, identifier, { StandardConfigurations: [configuration] })

const declarationOf = (type: string, identifier: string, payload: unknown): DeclarationBytes => ({
  identifier,
  json: Buffer.from(canonicalJson({ Type: type, Identifier: identifier, Payload: payload })),
})

/** The declarations of stored bytes, cut at their lines and not written again; undefined for any other bytes. */
export function readEnforcement(
  stored: Uint8Array,
  commandUuid: string,
): Omit<BuiltEnforcement, 'sha256'> | undefined {
  const lines = linesOf(Buffer.from(stored))
  if (lines?.length !== 2 && lines?.length !== 4) return undefined
  const names = enforcementNames(commandUuid)
  const read = (index: number, identifier: string, type: string) => {
    const json = lines[index]
    const one = json && { identifier, json }
    return one && declares(one, type) ? one : undefined
  }
  const configuration = read(0, names.configuration, configurationType)
  const activation = read(1, names.activation, activationType)
  if (!configuration || !activation) return undefined
  const pair = { set: names.set, configuration, activation, stored }
  if (lines.length === 2) return pair
  const subscribed = read(2, names.subscription, subscriptionType)
  const activates = read(3, names.subscriptionActivation, activationType)
  if (!subscribed || !activates) return undefined
  return { ...pair, subscription: { configuration: subscribed, activation: activates } }
}

/** Each line without its end; undefined if the last one has no end. */
function linesOf(bytes: Buffer): Buffer[] | undefined {
  const lines: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(newLine, from)
    if (end < 0) return undefined
    lines.push(bytes.subarray(from, end))
    from = end + 1
  }
  return lines
}

/** Why these stored bytes are not the declaration that was reserved; undefined if they are. Checked right before sending. */
export const enforcementProblem = (stored: Uint8Array, commandUuid: string): string | undefined =>
  readEnforcement(stored, commandUuid)
    ? undefined
    : `the stored bytes are not the declarations of ${commandUuid}`

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
