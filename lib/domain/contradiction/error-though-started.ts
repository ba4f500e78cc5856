import { radarErrorThoughStarted, schemaLine } from '../documentation/sources'
import { answersOf, claimOf, errorsOf } from '../outcome/answers'
import { inOrder, type OutcomeEvidence, type SlotEvidence } from '../outcome/outcome-evidence'
import type { ObservationKind } from '../trial/observation'
import { type Contradiction, fingerprintOf, wholeReply } from './finding'

type Started = { step: 'download' | 'install'; at: Date; what: string }

const seen: Partial<Record<ObservationKind, Omit<Started, 'at'>>> = {
  downloadSeen: { step: 'download', what: 'the download was seen' },
  promptShown: { step: 'install', what: 'the prompt was seen' },
  passcodeAsked: { step: 'install', what: 'the device asked for the passcode' },
  progressBar: { step: 'install', what: 'the progress bar was seen' },
  newOsSeen: { step: 'install', what: 'the new OS was seen' },
}

/**
 * Errors to an update command after which the device did what it had refused: radar 45414692, seen on 11.4 with a passcode
 * (https://github.com/lionheart/openradar-mirror/issues/20595). No single reply shows it; the evidence of a concluded trial
 * does. A download counts where no earlier command was acknowledged, a prompt or an install where it first came after this
 * command and before the next.
 * @returns for each such reply, by the ID of its event, the finding
 */
export function errorsThoughStarted(given: OutcomeEvidence): (Contradiction & { event: number })[] {
  const evidence = inOrder(given)
  const started = startedIn(evidence)
  const sent = evidence.slots.filter(({ sentAt }) => sentAt !== undefined)
  return sent.flatMap((slot, index) => {
    const { final } = answersOf(slot.replies)
    if (final?.status !== 'Error' || claimOf(final) !== 'error' || final.order === undefined)
      return []
    const until = sent[index + 1]?.sentAt
    const acknowledged = sent.slice(0, index).some((earlier) => !wasRefused(earlier))
    const own = started.find(
      ({ step, at }) =>
        isFirst(started, step, at) &&
        at >= (slot.sentAt ?? at) &&
        (until === undefined || at < until) &&
        (step === 'install' || !acknowledged),
    )
    if (!own) return []
    const errors = errorsOf(final).join(', ')
    return [
      {
        ...finding,
        event: final.order,
        reason: `the command was answered with Error (${errors}), and afterwards ${own.what}`,
      },
    ]
  })
}

/** The error codes are left out, as a radar that names none must match. */
const finding = {
  path: wholeReply,
  kind: 'errorThoughStarted',
  observed: 'Error, and then the update started',
  expected: 'no Error for a command that is carried out',
  cites: [schemaLine('system.update.schedule', '121-L195', 'ScheduleOSUpdate, the reply')],
  reported: [radarErrorThoughStarted],
  outOf: wholeReply,
} as const

/** The fingerprint of each of them. */
export const errorThoughStartedPrint = fingerprintOf('ScheduleOSUpdate', finding)

const wasRefused = ({ replies }: SlotEvidence): boolean => {
  const { final } = answersOf(replies)
  return final !== undefined && claimOf(final) === 'error'
}

const isFirst = (started: readonly Started[], step: Started['step'], at: Date): boolean =>
  started.every((other) => other.step !== step || other.at >= at)

function startedIn({ statusReports, observations, sightings, startBuild }: OutcomeEvidence) {
  const reported = statusReports.flatMap(({ activity, downloaded, at }): Started[] => {
    if (activity === 'downloading' || downloaded)
      return [{ step: 'download', at, what: 'the device reported the download' }]
    return activity === 'installing'
      ? [{ step: 'install', at, what: 'the device reported the install' }]
      : []
  })
  const observed = observations.flatMap(({ kind, at }): Started[] => {
    const what = seen[kind]
    return what ? [{ ...what, at }] : []
  })
  const changed = (sightings ?? []).flatMap(({ build, at }): Started[] =>
    build === undefined || build === startBuild
      ? []
      : [{ step: 'install', at, what: 'the OS changed' }],
  )
  return [...reported, ...observed, ...changed].toSorted((a, b) => a.at.getTime() - b.at.getTime())
}
