import { acceptedVersion, compareVersions, parseVersion } from '../device/os-version'
import type { Citation } from '../rules/rule'
import { isNote, noteLength } from '../text/reason'
import {
  type Mechanism,
  mechanismWords,
  type SlotMechanism,
  slotMechanisms,
} from '../trial/mechanism'

/** Where a bug report to Apple stands; the newest event of the radar says it. */
export const radarStates = [
  'drafted',
  'filed',
  'acknowledged',
  'duplicate',
  'claimedFixed',
  'verifiedFixed',
  'stillPresent',
  'notReproducible',
] as const
export type RadarState = (typeof radarStates)[number]

/** What can be added to the record of a radar. `edited` changes its text before it is filed. */
export const radarEventKinds = [...radarStates, 'edited'] as const
export type RadarEventKind = (typeof radarEventKinds)[number]
export type RadarChangeKind = Exclude<RadarEventKind, 'drafted' | 'edited'>

/** In which states each event is possible. */
export const radarTransitions: Record<RadarEventKind, readonly RadarState[]> = {
  drafted: [],
  edited: ['drafted'],
  filed: ['drafted'],
  acknowledged: ['filed'],
  duplicate: ['filed', 'acknowledged'],
  claimedFixed: ['filed', 'acknowledged', 'claimedFixed', 'stillPresent', 'notReproducible'],
  verifiedFixed: ['claimedFixed'],
  stillPresent: ['claimedFixed', 'verifiedFixed'],
  notReproducible: ['filed', 'acknowledged', 'claimedFixed'],
}

/** What the lab itself found out; each needs concluded trials. */
export const verdictKinds = ['verifiedFixed', 'stillPresent', 'notReproducible'] as const
/** Verdicts about a fix, which only trials that started at the claimed version or later can support. */
export const fixVerdictKinds = ['verifiedFixed', 'stillPresent'] as const

/** Filed, and neither closed as a duplicate nor verified: a trial may still have something to say. */
export const openRadarStates = [
  'filed',
  'acknowledged',
  'claimedFixed',
  'stillPresent',
  'notReproducible',
] as const satisfies readonly RadarState[]

const includes = (kinds: readonly string[], kind: string) => kinds.includes(kind)
export const isVerdict = (kind: RadarEventKind) => includes(verdictKinds, kind)
export const isFixVerdict = (kind: RadarEventKind) => includes(fixVerdictKinds, kind)

export const radarStateInfo: Record<RadarState, { label: string; meaning: string }> = {
  drafted: { label: 'drafted', meaning: 'Written, and not sent to Apple.' },
  filed: { label: 'filed', meaning: 'Sent to Apple, which gave it a number.' },
  acknowledged: { label: 'acknowledged', meaning: 'Apple has answered that it is looked at.' },
  duplicate: { label: 'duplicate', meaning: 'Apple closed it as a duplicate of another report.' },
  claimedFixed: {
    label: 'claimed fixed',
    meaning: 'Apple says that a version has the fix; the lab has not checked it.',
  },
  verifiedFixed: {
    label: 'verified fixed',
    meaning: 'A concluded trial that started at the claimed version or later does not show it.',
  },
  stillPresent: {
    label: 'still present',
    meaning: 'A concluded trial that started at the claimed version or later shows it.',
  },
  notReproducible: {
    label: 'not reproducible',
    meaning: 'Concluded trials do not show it again. That proves no fix.',
  },
}

/** What a person can do next with a radar, in the order of its life. */
export const nextRadarKinds = (state: RadarState): RadarChangeKind[] =>
  radarStates.filter(
    (kind): kind is Exclude<RadarState, 'drafted'> =>
      kind !== 'drafted' && radarTransitions[kind].includes(state),
  )

/** The text of a report, as it is sent. Identifiers of devices and people are replaced before it is stored. */
export type RadarContent = {
  title: string
  /** Apple's product area, such as "iOS: MDM". */
  area: string
  /** One a line. */
  steps: string
  expected: string
  actual: string
  configuration: string
  cites: readonly Citation[]
}

/** What a person types of it. */
export type RadarText = Omit<RadarContent, 'cites'>

export const radarTexts = [
  'title',
  'area',
  'steps',
  'expected',
  'actual',
  'configuration',
] as const satisfies readonly (keyof RadarContent)[]
export type RadarTextField = (typeof radarTexts)[number]

export const radarTextLabels: Record<RadarTextField, string> = {
  title: 'Title',
  area: 'Area',
  steps: 'Steps to reproduce',
  expected: 'Expected',
  actual: 'Actual',
  configuration: 'Configuration',
}

export const maxRadarText: Record<RadarTextField, number> = {
  title: 200,
  area: 100,
  steps: 10_000,
  expected: 5_000,
  actual: 20_000,
  configuration: 5_000,
}

type Problem<F extends string> = { field: F; reason: string }

/** What is missing or too long in the text of a report. */
export function contentProblems(content: RadarContent): Problem<RadarTextField>[] {
  return radarTexts.flatMap((field): Problem<RadarTextField>[] => {
    const text = content[field].trim()
    const label = radarTextLabels[field]
    if (text === '') return [{ field, reason: `“${label}” is empty: a report needs it.` }]
    if (text.length > maxRadarText[field])
      return [
        {
          field,
          reason: `“${label}” has more than ${maxRadarText[field]} characters; shorten it.`,
        },
      ]
    return field === 'title' && /[\n\r]/.test(text)
      ? [{ field, reason: 'Write the title on one line.' }]
      : []
  })
}

/** The number of a report to Apple; those from Feedback Assistant begin with FB. */
export const radarNumberPattern = '^(FB)?[0-9]{6,12}$'
const acceptedRadarNumber = 'a report to Apple has a number such as 45414737, or FB and a number'

export type RadarChange = {
  kind: RadarChangeKind
  reason: string
  /** The number that Apple gave it, or of the report that it duplicates. */
  number?: string | undefined
  /** The version that Apple says has the fix. */
  version?: string | undefined
  /** The trials that support it. */
  trialIds: readonly string[]
}

/** What a trial that proves a fix must intervene by. */
export const fixMechanisms = [...slotMechanisms, 'either'] as const
export type FixMechanism = (typeof fixMechanisms)[number]
export const fixMechanismWords: Record<FixMechanism, string> = {
  command: 'trials by command alone',
  declaration: 'trials by declaration alone',
  either: 'trials by either mechanism',
}

/**
 * What proves a fix unless a lead says otherwise: what its newest claim names, and before the first one trials by the
 * mechanism of the one that the radar was written from.
 */
export function usualFixMechanism(
  { claimedFix, fixMechanism }: { claimedFix: string | null; fixMechanism: SlotMechanism | null },
  own: Mechanism | undefined,
): FixMechanism {
  if (claimedFix !== null) return fixMechanism ?? 'either'
  return own === undefined || own === 'both' ? 'either' : own
}

/** What is wrong with a change, apart from its trials. */
export function changeProblem(
  state: RadarState,
  change: RadarChange,
): Problem<'kind' | 'reason' | 'number' | 'version' | 'trialIds'> | undefined {
  const { kind, reason, number, version, trialIds } = change
  const { label } = radarStateInfo[kind]
  if (!radarTransitions[kind].includes(state))
    return {
      field: 'kind',
      reason: `A radar that is ${radarStateInfo[state].label} cannot become ${label}.`,
    }
  if (
    (kind === 'filed' || kind === 'duplicate') &&
    !new RegExp(radarNumberPattern).test(number ?? '')
  )
    return { field: 'number', reason: `Enter the number: ${acceptedRadarNumber}.` }
  if (kind === 'claimedFixed' && !parseVersion(version ?? ''))
    return { field: 'version', reason: `Enter the version with the fix: ${acceptedVersion}.` }
  if (!isNote(reason)) return { field: 'reason', reason: `Say what supports it, ${noteLength}.` }
  if (reason.trim().length > 2000)
    return { field: 'reason', reason: 'Say it in at most 2,000 characters.' }
  if (isVerdict(kind) && trialIds.length === 0)
    return { field: 'trialIds', reason: `“${label}” needs at least one concluded trial.` }
  return undefined
}

/** What the record of a trial says about a radar. */
export type TrialEvidence = {
  number: number
  state: string
  simulated: boolean
  family: 'iOS' | 'tvOS'
  startOs: string | null
  mechanism: Mechanism
  /** Whether its replies were compared at the place of the contradiction, and whether they show it; undefined without one. */
  contradiction?: { compared: boolean; shown: boolean } | undefined
}

/** The radar as its trials are compared with it. */
export type RadarSubject = {
  simulated: boolean
  family: 'iOS' | 'tvOS'
  claimedFix: string | undefined
  /** What a trial that proves the fix intervenes by; undefined for either. */
  fixMechanism?: SlotMechanism | undefined
}

/**
 * Why a trial does not support a change; undefined if it does. For a verdict it must be concluded, and for one about
 * the fix it must have started at the claimed version or later, and intervene by what the claim names: a bug belongs to
 * the version that a trial starts from, and a declaration proves nothing about a command.
 */
export function evidenceProblem(
  { simulated, family, claimedFix, fixMechanism }: RadarSubject,
  kind: RadarChangeKind,
  trial: TrialEvidence,
): string | undefined {
  const name = `T-${trial.number}`
  if (trial.simulated !== simulated)
    return `${name} is ${trial.simulated ? 'simulated' : 'real'}, the radar is not.`
  if (trial.family !== family)
    return `${name} ran on ${trial.family}, the radar is about ${family}.`
  if (!isVerdict(kind)) return undefined
  if (trial.state !== 'concluded')
    return `${name} is ${trial.state}: a verdict needs concluded trials.`
  if (isFixVerdict(kind) && !startedAt(trial.startOs, claimedFix))
    return `${name} started at ${trial.startOs ?? 'an unknown version'}: only a trial that started at ${claimedFix ?? 'the claimed version'} or later can show whether it is fixed.`
  if (isFixVerdict(kind) && fixMechanism && trial.mechanism !== fixMechanism)
    return `${name} is by ${mechanismWords[trial.mechanism].toLowerCase()}: this fix is proved by a trial by ${fixMechanism} alone. A lead can claim the fix again for either mechanism.`
  return contradictionProblem(kind, name, trial.contradiction)
}

/**
 * Why a trial no longer bears out a verdict that was recorded with it: its contradiction was withdrawn when an
 * observation was corrected, or found in a reply that was read again.
 */
export const lostSupport = (kind: RadarEventKind, trial: TrialEvidence): string | undefined =>
  isVerdict(kind) ? contradictionProblem(kind, `T-${trial.number}`, trial.contradiction) : undefined

function contradictionProblem(
  kind: RadarEventKind,
  name: string,
  found: TrialEvidence['contradiction'],
): string | undefined {
  if (found === undefined) return undefined
  if (kind === 'stillPresent')
    return found.shown ? undefined : `No reply of ${name} shows the contradiction of this radar.`
  if (found.shown) return `A reply of ${name} shows the contradiction of this radar.`
  return found.compared
    ? undefined
    : `No reply of ${name} was compared for the contradiction of this radar, so it does not show that it is gone.`
}

/** Whether a trial started at a version or later; false where one of the two is no version. */
function startedAt(startOs: string | null, version: string | undefined): boolean {
  const [start, fix] = [parseVersion(startOs ?? ''), parseVersion(version ?? '')]
  return start !== undefined && fix !== undefined && compareVersions(start, fix) >= 0
}
