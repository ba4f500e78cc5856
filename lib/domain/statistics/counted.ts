import { errorThoughStartedPrint } from '../contradiction/error-though-started'
import {
  type ContradictionKind,
  contradictionInfo,
  contradictionKinds,
  wholeReply,
} from '../contradiction/finding'
import { type DocumentedMessage, documentedMessages } from '../documentation/documentation'
import { type ObservationKind, observationInfo, observationKinds } from '../trial/observation'

/** Something each trial either shows or does not show, and that is counted in place of its primary outcome. */
export type Counted =
  | { of: 'observation'; kind: ObservationKind }
  | {
      of: 'contradiction'
      requestType: DocumentedMessage
      kind: ContradictionKind
      fingerprint: string
    }

/** `other` is a text of its own in each trial. */
export const countedObservations = observationKinds.filter((kind) => kind !== 'other')

/** A documented silence contradicts nothing. */
const countedKinds = contradictionKinds.filter((kind) => kind !== 'documentedSilence')

export const countedAccepted = `observation:… with ${countedObservations.join(', ')}, or contradiction:… with the fingerprint of a contradiction`

const maxLength = 600
/** Request type, key path with quoted names, kind, and what was observed. */
const printForm = /^(\w+) ((?:[^\s"]|"(?:[^"\\]|\\.)*")+) (\w+) ([^\p{Cc}]+)$/u

/** "observation:promptShown", or "contradiction:" and a fingerprint; undefined for anything else. */
export function readCounted(text: string): Counted | undefined {
  const [of, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
  if (of === 'observation') {
    const kind = countedObservations.find((one) => one === rest)
    return kind && { of, kind }
  }
  if (of !== 'contradiction' || rest.length > maxLength) return undefined
  const print = printForm.exec(rest)
  const requestType = documentedMessages.find((one) => one === print?.[1])
  const kind = countedKinds.find((one) => one === print?.[3])
  return requestType && kind && { of, requestType, kind, fingerprint: rest }
}

/** As the address names it; `readCounted` reads it. */
export const countedAddress = (counted: Counted): string =>
  `${counted.of}:${counted.of === 'observation' ? counted.kind : counted.fingerprint}`

/** "Prompt shown", or "OSUpdateStatus[].IsDownloaded type differs: integer". */
export function countedLabel(counted: Counted): string {
  if (counted.of === 'observation') return observationInfo[counted.kind].label
  const [, , path = '', , observed] = printForm.exec(counted.fingerprint) ?? []
  const { label } = contradictionInfo[counted.kind]
  if (counted.fingerprint === errorThoughStartedPrint) return label
  const at = path === wholeReply ? counted.requestType : path
  return `${at} ${label}: ${observed}`
}

/** Who is counted, as the page says it below the heading. */
export function countedAbout(counted: Counted): string {
  if (counted.of === 'contradiction')
    return counted.fingerprint === errorThoughStartedPrint
      ? 'A trial is counted if a reply to its update commands was compared with the documentation and, after an Error, the device was looked at again: an observation, or an answer to OSUpdateStatus.'
      : 'A trial is counted if, while the device ran its starting version, a reply was compared with the documentation at this place. An empty list says nothing of its items.'
  const passcode =
    counted.kind === 'passcodeAsked'
      ? ' A device without a passcode cannot ask for it, and is not counted.'
      : ''
  return `A trial is counted if somebody recorded an observation after its first command or declaration. Its record without this one counts as not seen, however short it is; a trial without a record is unknown and not counted.${passcode}`
}

/** What one trial says about what is counted; the last three stand in no numerator or denominator. */
export const seenStates = ['seen', 'notSeen', 'unknown', 'impossible', 'void'] as const
export type Seen = (typeof seenStates)[number]

export const seenInfo: Record<Seen, { label: string; counts: boolean }> = {
  seen: { label: 'Seen', counts: true },
  notSeen: { label: 'Not seen', counts: true },
  unknown: { label: 'Nothing recorded about it', counts: false },
  impossible: { label: 'Could not show it', counts: false },
  void: { label: 'Lost or void', counts: false },
}
