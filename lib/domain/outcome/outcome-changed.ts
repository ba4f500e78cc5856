import { answersOf, errorsOf, saysNothingToDo } from './answers'
import { describeOs, isTarget, mayHaveBeenTarget, type OsChange } from './os-change'
import type { Outcome } from './outcome'
import { mayHaveArrived, type OutcomeEvidence, type OutcomeProposal } from './outcome-evidence'

type Proposal = Omit<OutcomeProposal, 'functionVersion'>
type Changed = Extract<OsChange, { status: 'changed' }>

/** Proposes the outcome of a trial whose device runs another OS than at the start. */
export function proposeChanged(evidence: OutcomeEvidence, change: Changed): Proposal {
  const { startOs, startBuild, startSupplementalBuild, slots } = evidence
  const seen = `before ${describeOs({ version: startOs, build: startBuild, supplementalBuild: startSupplementalBuild })}, after ${describeOs(change.after)}`
  if (change.beforeFirstCommand)
    return certainly('lost', seen, 'the OS had changed before anything was sent')
  if (!slots.some(mayHaveArrived)) return certainly('lost', seen, 'nothing reached the MDM server')
  const hit = isTarget(change.after, evidence.target)
  if (hit === false) {
    // Most releases have a second build, so another build may still be the same version.
    const byBuildOnly = evidence.target?.version === undefined
    const passed = mayHaveBeenTarget(change.after, evidence.target)
    return {
      outcome: 'wrongVersionInstalled',
      reasons: [
        seen,
        `the target was ${describeOs(evidence.target ?? {})}`,
        ...(passed && !byBuildOnly
          ? [
              'it is newer than that, so the device may have installed the target and then updated further',
            ]
          : []),
      ],
      certain: !byBuildOnly && !passed,
    }
  }
  const { outcome, reasons, certain } = howInstalled(evidence, change)
  const unnamed = hit === undefined ? ['the target cannot be compared with it'] : []
  return { outcome, reasons: [seen, ...reasons, ...unnamed], certain: certain && hit === true }
}

function howInstalled(evidence: OutcomeEvidence, change: Changed): Proposal {
  const started = startedByLaterCommand(evidence, change)
  if (started)
    return {
      outcome: 'startedAlthoughScheduled',
      reasons: [started.reasons],
      certain: started.seen,
    }
  const errors = evidence.slots.flatMap(({ replies }) =>
    answersOf(replies)
      .counted.filter((reply) => !saysNothingToDo(reply))
      .flatMap(errorsOf),
  )
  if (errors.length > 0)
    return {
      outcome: 'installedDespiteError',
      reasons: [`the device had answered with ${[...new Set(errors)].join(', ')}`],
      certain: true,
    }
  return byWhom(evidence, change)
}

/** Decides whether somebody acted on the device. With a passcode somebody must have typed it, unless an observer saw that nobody did. */
function byWhom(
  { observations, passcodePresent, slots }: OutcomeEvidence,
  change: Changed,
): Proposal {
  const kinds = new Set(observations.map(({ kind }) => kind))
  if (kinds.has('userAccepted') || kinds.has('choseTonight'))
    return {
      outcome: 'installedAfterUserAction',
      reasons: [`somebody ${kinds.has('userAccepted') ? 'accepted it' : 'chose "tonight"'}`],
      certain: true,
    }
  const prompted = kinds.has('promptShown') || kinds.has('passcodeAsked')
  const sentAt = slots.findLast(mayHaveArrived)?.sentAt
  const watched = observations.some(
    ({ kind, at }) =>
      kind === 'nothing' && sentAt !== undefined && at >= sentAt && at <= change.firstSeenAt,
  )
  if (passcodePresent === true && (prompted || !watched))
    return {
      outcome: 'installedAfterUserAction',
      reasons: [
        prompted
          ? 'the device showed the prompt, and no observation says who accepted it'
          : 'the device has a passcode, so somebody has to accept the install; no observation says so, and none that it installed by itself',
      ],
      certain: false,
    }
  const isOpen = passcodePresent === undefined && !watched
  return {
    outcome: 'installedAsExpected',
    reasons: [
      prompted
        ? 'the device showed the prompt, and no observation says who accepted it'
        : slots.every(({ installAction }) => installAction === undefined)
          ? 'no observation shows an action on the device'
          : 'the device answered no error, and no observation shows an action on it',
      ...(isOpen
        ? ['it is unknown whether the device has a passcode, which somebody would have to enter']
        : []),
    ],
    certain: !prompted && !isOpen,
  }
}

/** Minutes after a command within which an install counts as started by it. Lab policy: "tonight" is hours away. */
const atOnceMinutes = 120

/** Radar 45414727: a further command after "tonight" was chosen starts the install (https://github.com/lionheart/openradar-mirror/issues/20594). */
function startedByLaterCommand(evidence: OutcomeEvidence, change: Changed) {
  const { observations, slots } = evidence
  const scheduled = scheduledAt(evidence)
  if (!scheduled) return undefined
  if (observations.some(({ kind, at }) => kind === 'userAccepted' && at > scheduled.at))
    return undefined
  const later = slots
    .filter(mayHaveArrived)
    .find(({ sentAt }) => sentAt !== undefined && sentAt > scheduled.at)
  const sentAt = later?.sentAt
  if (!later || !sentAt || change.firstSeenAt < sentAt) return undefined
  const isSign = (at: Date) =>
    at >= sentAt && at.getTime() - sentAt.getTime() <= atOnceMinutes * 60_000
  const signs = ['progressBar', 'rebooted', 'newOsSeen']
  const seen = observations.some(({ kind, at }) => signs.includes(kind) && isSign(at))
  if (!seen && !isSign(change.after.at)) return undefined
  return {
    reasons: `${scheduled.reasons}, and command ${later.ordinal} started the install within ${atOnceMinutes} minutes`,
    seen: seen && scheduled.seen,
  }
}

/**
 * When the install was scheduled: seen on the device, or reported by OSUpdateStatus, which reports "Installing" for a
 * scheduled install too (the same radar). A report alone is not an observation.
 */
function scheduledAt({ observations, statusReports, slots }: OutcomeEvidence) {
  const chosen = observations.findLast(({ kind }) => kind === 'choseTonight')
  if (chosen) return { at: chosen.at, reasons: '"tonight" was chosen', seen: true }
  const last = slots.findLast(mayHaveArrived)?.sentAt
  const before = statusReports.filter(({ at }) => last !== undefined && at < last).at(-1)
  return before?.activity === 'installing'
    ? { at: before.at, reasons: 'OSUpdateStatus had reported installing before', seen: false }
    : undefined
}

const certainly = (outcome: Outcome, ...reasons: string[]): Proposal => ({
  outcome,
  reasons,
  certain: true,
})
