import { exactTime } from '../text/instant'
import type { TrialState } from './trial'

/** What an engineer can record about the device with one press; `other` needs a text. */
export const observationKinds = [
  'screenDark',
  'promptShown',
  'passcodeAsked',
  'userAccepted',
  'userDeclined',
  'choseTonight',
  'progressBar',
  'downloadSeen',
  'rebooted',
  'newOsSeen',
  'nothing',
  'phoneCall',
  'unusable',
  'other',
] as const
export type ObservationKind = (typeof observationKinds)[number]

/** The sightings a step can expect. A text is for people to compare. */
export const comparedKinds: readonly ObservationKind[] = observationKinds.filter(
  (kind) => kind !== 'other',
)

/** States of a trial in which observations are added to its record. */
export const underWayStates: readonly TrialState[] = ['armed', 'released', 'observing']

type ObservationInfo = {
  label: string
  /** What to look for, in a sentence. */
  hint: string
  /** What must be entered with it: the OS that was read off the screen, or a text. */
  needs?: 'osVersion' | 'text'
}

export const observationInfo: Record<ObservationKind, ObservationInfo> = {
  screenDark: { label: 'Screen dark', hint: 'The display is off or black.' },
  promptShown: { label: 'Prompt shown', hint: 'The device asks to install the update.' },
  passcodeAsked: {
    label: 'Passcode asked',
    hint: 'The device asks for the passcode to go on with the update.',
  },
  userAccepted: { label: 'User accepted', hint: 'Somebody chose to install now.' },
  userDeclined: {
    label: 'User declined',
    hint: 'Somebody postponed the update without choosing a time.',
  },
  choseTonight: {
    label: 'Chose tonight',
    hint: 'Somebody chose to install later tonight. A second command would start it at once.',
  },
  progressBar: { label: 'Progress bar', hint: 'The install screen with the Apple logo and a bar.' },
  downloadSeen: {
    label: 'Download seen',
    hint: 'Settings shows the update downloaded or loading.',
  },
  rebooted: { label: 'Rebooted', hint: 'The device restarted.' },
  newOsSeen: {
    label: 'New OS seen',
    hint: 'Settings > General > About shows another version: enter it, and the build if shown.',
    needs: 'osVersion',
  },
  nothing: {
    label: 'Nothing happens',
    hint: 'The screen was watched and shows no sign of an update.',
  },
  phoneCall: { label: 'Phone call', hint: 'A call is under way, which can stop an install.' },
  unusable: {
    label: 'Device unusable',
    hint: 'It does not start, or shows recovery or a boot loop.',
  },
  other: { label: 'Something else', hint: 'Describe it.', needs: 'text' },
}

/** The label of a stored kind, which may be one that a later version no longer knows. */
export const observationLabel = (kind: string): string => {
  const known = observationKinds.find((one) => one === kind)
  return known ? observationInfo[known].label : kind
}

/** A period in which nothing could be received from an MDM server; without an end while it lasts. */
export type ObservationGap = { beganAt: Date; endedAt?: Date | undefined }

/** Longer than this without a heartbeat is a gap; a listener writes one every ten seconds. In milliseconds. */
export const gapAfterMs = 30_000

/** Whether a gap lasts beyond `from`. */
export const overlaps = (gap: ObservationGap, from: Date): boolean =>
  gap.endedAt === undefined || gap.endedAt >= from

/** The gap in words, in UTC. */
export function describeGap({ beganAt, endedAt }: ObservationGap): string {
  const [from, to] = [exactTime(beganAt), endedAt && exactTime(endedAt)]
  return to ? `observation gap from ${from} to ${to}` : `observation gap since ${from}, still open`
}
