/** The outcomes of a trial. A person accepts the one that `proposeOutcome` proposes, or overrules it with a reason. */
export const outcomes = [
  'installedAsExpected',
  'installedAfterUserAction',
  'installedDespiteError',
  'startedAlthoughScheduled',
  'wrongVersionInstalled',
  'downloadedOnly',
  'promptNotAccepted',
  'promptNeverShown',
  'acknowledgedNothingHappened',
  'refused',
  'notNowUntilDeadline',
  'noReplyDocumented',
  'noReplyUndocumented',
  'deviceUnusable',
  'censoredAtDeadline',
  'lost',
  'voidOperator',
  'voidInfrastructure',
] as const
export type Outcome = (typeof outcomes)[number]

/** How an install rate counts it. `leftOut` trials are shown, but are in neither numerator nor denominator. */
type OutcomeCounts = 'installed' | 'notInstalled' | 'leftOut'

/** One shape for each family of outcomes, so that a chart can be read without colour. */
export type OutcomeShape = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross'

/** The end state that an outcome requires: another OS, the same OS, or either. */
export type OutcomeOs = 'changed' | 'notChanged' | 'either'

export type OutcomeInfo = {
  label: string
  explanation: string
  counts: OutcomeCounts
  os: OutcomeOs
  shape: OutcomeShape
}

export const outcomeInfo: Record<Outcome, OutcomeInfo> = {
  installedAsExpected: {
    label: 'Installed as expected',
    explanation: 'The device runs the target, without an action by anybody.',
    counts: 'installed',
    os: 'changed',
    shape: 'circle',
  },
  installedAfterUserAction: {
    label: 'Installed after user action',
    explanation:
      'The device runs the target, after somebody accepted or scheduled it on the device.',
    counts: 'installed',
    os: 'changed',
    shape: 'circle',
  },
  installedDespiteError: {
    label: 'Installed despite error reply',
    explanation: 'The device answered with an error and runs the target nevertheless.',
    counts: 'installed',
    os: 'changed',
    shape: 'circle',
  },
  startedAlthoughScheduled: {
    label: 'Started although scheduled for later',
    explanation: 'Somebody chose "tonight", and one more command started the install at once.',
    counts: 'installed',
    os: 'changed',
    shape: 'circle',
  },
  wrongVersionInstalled: {
    label: 'Wrong version installed',
    explanation: 'The device runs another OS than the target.',
    counts: 'notInstalled',
    os: 'changed',
    shape: 'diamond',
  },
  downloadedOnly: {
    label: 'Downloaded only',
    explanation: 'The update was downloaded, and the OS is the one the device started with.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'square',
  },
  promptNotAccepted: {
    label: 'Prompt shown, not accepted by deadline',
    explanation: 'The device showed the prompt, and nobody accepted before the deadline.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'square',
  },
  promptNeverShown: {
    label: 'Prompt never shown',
    explanation: 'A device with a passcode acknowledged the install and never showed the prompt.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'triangle',
  },
  acknowledgedNothingHappened: {
    label: 'Acknowledged, nothing happened',
    explanation:
      'The device acknowledged the command, or was in contact after a declaration, and its OS is the one it started with.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'triangle',
  },
  refused: {
    label: 'Refused by the device',
    explanation: 'The device answered with an error, and its OS is the one it started with.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'cross',
  },
  notNowUntilDeadline: {
    label: 'NotNow until deadline',
    explanation: 'The device only ever answered NotNow.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'triangle',
  },
  noReplyDocumented: {
    label: 'No reply (documented)',
    explanation: 'The device never answered, for a reason that Apple documents, such as a restart.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'triangle',
  },
  noReplyUndocumented: {
    label: 'No reply (undocumented)',
    explanation: 'The device never answered, and nothing Apple documents explains it.',
    counts: 'notInstalled',
    os: 'notChanged',
    shape: 'triangle',
  },
  deviceUnusable: {
    label: 'Device unusable',
    explanation: 'The device does not start or cannot be used any more.',
    counts: 'notInstalled',
    os: 'either',
    shape: 'cross',
  },
  censoredAtDeadline: {
    label: 'Still under way at deadline',
    explanation:
      'An update was under way or scheduled at the deadline, so it counts neither as installed nor as not installed.',
    counts: 'leftOut',
    os: 'notChanged',
    shape: 'diamond',
  },
  lost: {
    label: 'Lost',
    explanation: 'The OS changed outside the trial, before anything was sent.',
    counts: 'leftOut',
    os: 'either',
    shape: 'cross',
  },
  voidOperator: {
    label: 'Void (operator error)',
    explanation: 'Somebody departed from the protocol; only a person can decide that.',
    counts: 'leftOut',
    os: 'either',
    shape: 'cross',
  },
  voidInfrastructure: {
    label: 'Void (infrastructure)',
    explanation:
      'It is not certain that the command or declaration reached the device: the server, the network or the push failed.',
    counts: 'leftOut',
    os: 'either',
    shape: 'cross',
  },
}

/** An outcome in words; a name that this version does not know stays as it is. */
export function outcomeWords(name: string): string {
  const known = outcomes.find((outcome) => outcome === name)
  return known ? outcomeInfo[known].label : name
}

/** Whether the trial put the target on the device. */
export const isInstalled = (outcome: Outcome): boolean =>
  outcomeInfo[outcome].counts === 'installed'

/** The last OS reading since the first command: another OS, the same, or no reading. */
export const endStates = ['changed', 'unchanged', 'notSeen'] as const
export type EndState = (typeof endStates)[number]

/** Whether an outcome contradicts the OS before and after. */
export function isAgainstEnd(outcome: Outcome, end: EndState): boolean {
  const { os } = outcomeInfo[outcome]
  return os === 'either' ? false : (os === 'changed') !== (end === 'changed')
}
