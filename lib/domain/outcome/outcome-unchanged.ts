import { exactTime } from '../text/instant'
import type { ObservationKind } from '../trial/observation'
import { answersOf, claimOf, claimsDownloaded, errorsOf, saysInstalling } from './answers'
import { describeOs, type OsChange } from './os-change'
import {
  mayHaveArrived,
  type ObservationEvidence,
  type OutcomeEvidence,
  type OutcomeProposal,
  type ReplyEvidence,
  type SlotEvidence,
} from './outcome-evidence'

type Proposal = Omit<OutcomeProposal, 'functionVersion'>
type Unchanged = Exclude<OsChange, { status: 'changed' }>

/** Whether no command is in the MDM server's queue: each was refused or never sent. */
export const allRefused = (sent: readonly SlotEvidence[]): boolean =>
  sent.every(({ state }) => state === 'refused' || state === 'notSent')

/** Proposes an outcome for a device that was seen unusable, and not seen working since. */
export function proposeUnusable({ observations, current }: OutcomeEvidence): Proposal | undefined {
  const broken = observations.findLast(({ kind }) => kind === 'unusable')
  if (!broken || (current && current.at > broken.at)) return undefined
  return {
    outcome: 'deviceUnusable',
    reasons: ['somebody saw the device unusable, and it has not reported its OS since'],
    // It may work again; a person should check.
    certain: false,
  }
}

/** Proposes the outcome of a trial whose deadline has passed with no other OS seen: the first that fits, by the strength of its evidence. */
export function proposeUnchanged(evidence: OutcomeEvidence, change: Unchanged): Proposal {
  const proposal =
    underWay(evidence) ?? prompted(evidence) ?? downloaded(evidence) ?? replied(evidence)
  const { reasons, atDeadline } = lastLook(evidence, change)
  return {
    ...proposal,
    reasons: [...proposal.reasons, reasons],
    certain: proposal.certain && atDeadline,
  }
}

/** The last reading before the deadline does not show the OS at the deadline, because an install takes minutes. */
function lastLook({ slots, deadlineAt }: OutcomeEvidence, change: Unchanged) {
  const lastSent = Math.max(...slots.map(({ sentAt }) => sentAt?.getTime() ?? 0))
  if (change.status === 'unseen' || change.after.at.getTime() < lastSent)
    return {
      reasons: 'the OS has not been read since the last command or declaration was sent',
      atDeadline: false,
    }
  const still = `the device still ran ${describeOs(change.after)} when it was last seen`
  if (change.after.at >= deadlineAt) return { reasons: still, atDeadline: true }
  const when = exactTime(change.after.at)
  return { reasons: `${still}, at ${when}, which was before the deadline`, atDeadline: false }
}

const last = (observations: readonly ObservationEvidence[], ...kinds: ObservationKind[]) =>
  observations.findLast(({ kind }) => kinds.includes(kind))

/** Proposes "censored" if an update had begun or was scheduled, and nothing later shows that it stopped. */
function underWay({
  observations,
  statusReports,
  slots,
  deadlineAt,
}: OutcomeEvidence): Proposal | undefined {
  const censored = (reasons: string, certain: boolean): Proposal => ({
    outcome: 'censoredAtDeadline',
    reasons: [reasons],
    certain,
  })
  const tonight = last(observations, 'choseTonight')
  const declined = last(observations, 'userDeclined')
  if (tonight && !(declined && declined.at > tonight.at))
    return censored('"tonight" was chosen, and the deadline passed first', true)
  const report = statusReports.at(-1)
  if (report?.activity === 'downloading' || report?.activity === 'installing')
    return censored(
      `OSUpdateStatus last reported ${report.activity}, at ${exactTime(report.at)}`,
      report.at >= deadlineAt,
    )
  const begun = last(observations, 'userAccepted', 'progressBar')
  if (begun && !(report && report.at > begun.at))
    return censored(
      begun.kind === 'userAccepted'
        ? 'somebody accepted, and nothing later is known'
        : 'a progress bar was seen, and nothing later is known',
      false,
    )
  const reported = slots.findLast(mayHaveArrived)
  const claimed = reported && answersOf(reported.replies).counted.findLast(saysInstalling)
  if (
    reported &&
    claimed &&
    !(report && report.at > claimed.at) &&
    !(declined && declined.at > claimed.at)
  )
    return censored(
      `command ${reported.ordinal} was answered with Installing, and OSUpdateStatus has reported nothing else since`,
      false,
    )
  return undefined
}

function prompted({ observations }: OutcomeEvidence): Proposal | undefined {
  const prompt = last(observations, 'promptShown', 'passcodeAsked')
  if (!prompt || last(observations, 'userAccepted')) return undefined
  return {
    outcome: 'promptNotAccepted',
    reasons: [
      last(observations, 'userDeclined')
        ? 'the device showed the prompt, and somebody declined'
        : 'the device showed the prompt, and nobody accepted',
    ],
    certain: true,
  }
}

/** The command or declaration that requested the install, if one did: the first Default downloads, the next one installs. */
function askedToInstall({ slots }: OutcomeEvidence): SlotEvidence | undefined {
  return slots
    .filter(mayHaveArrived)
    .findLast(
      ({ installAction }, index) =>
        installAction === undefined ||
        installAction === 'InstallASAP' ||
        (installAction === 'Default' && index > 0),
    )
}

/** Proposes "downloaded": the update is on the device, and the commands only requested a download or an install was acknowledged. */
function downloaded(evidence: OutcomeEvidence): Proposal | undefined {
  const { observations, statusReports, slots } = evidence
  const replies = slots.flatMap((slot) => answersOf(slot.replies).counted)
  const here =
    statusReports.some((report) => report.downloaded) ||
    replies.some(claimsDownloaded) ||
    last(observations, 'downloadSeen') !== undefined
  if (!here) return undefined
  const install = askedToInstall(evidence)
  if (!install)
    return {
      outcome: 'downloadedOnly',
      reasons: ['the update was downloaded to the device'],
      certain: true,
    }
  if (lastClaim(install.replies) !== 'acknowledged' || promptMissing(evidence, install))
    return undefined
  return {
    outcome: 'downloadedOnly',
    reasons: ['the update was downloaded; the device acknowledged the install and did not install'],
    certain: false,
  }
}

const claims = (replies: readonly ReplyEvidence[]) => replies.map(claimOf)

/** The claim of the last answer that is not NotNow. */
const lastClaim = (replies: readonly ReplyEvidence[]) =>
  claims(answersOf(replies).counted).findLast((claim) => claim !== 'notNow')

/** Whether an observer saw that a device with a passcode did not ask for it, although it acknowledged an install. */
const promptMissing = ({ passcodePresent, observations }: OutcomeEvidence, install: SlotEvidence) =>
  passcodePresent === true &&
  observations.some(
    ({ kind, at }) => kind === 'nothing' && install.sentAt !== undefined && at >= install.sentAt,
  )

/** Proposes by the answer to the last command that may have arrived. */
function replied(evidence: OutcomeEvidence): Proposal {
  const slot = evidence.slots.findLast(mayHaveArrived)
  if (!slot) throw new Error('no command may have arrived, and that is decided earlier')
  if (slot.installAction === undefined) return proposeDeclared(evidence, slot)
  const { ordinal } = slot
  const replies = answersOf(slot.replies).counted
  if (replies.length === 0) return proposeNoReply(evidence, slot)
  const claim = lastClaim(replies)
  if (claim === undefined)
    return {
      outcome: 'notNowUntilDeadline',
      reasons: [`command ${ordinal} was only ever answered with NotNow`],
      certain: true,
    }
  if (claim === 'error') {
    const errors = replies.flatMap(errorsOf)
    return {
      outcome: 'refused',
      reasons: [`command ${ordinal} was answered with ${[...new Set(errors)].join(', ')}`],
      certain: true,
    }
  }
  const install = askedToInstall(evidence)
  if (claim === 'acknowledged' && install === slot && promptMissing(evidence, install))
    return {
      outcome: 'promptNeverShown',
      reasons: [
        `command ${ordinal} was acknowledged on a device with a passcode, and an observer saw no prompt`,
      ],
      certain: true,
    }
  return {
    outcome: 'acknowledgedNothingHappened',
    reasons: [
      `command ${ordinal} was answered with ${replies.map(({ status }) => status).join(', ')}`,
    ],
    certain: claim === 'acknowledged' && last(evidence.observations, 'userAccepted') === undefined,
  }
}

/**
 * Proposes the outcome of a declaration after which nothing was seen to happen. A device does not answer one, and stays
 * silent about a target that it is not offered, so a person looks at what it fetched and reported.
 */
function proposeDeclared(
  { lastSeenAt }: OutcomeEvidence,
  { ordinal, state, sentAt }: SlotEvidence,
): Proposal {
  if (state === 'unconfirmed' || state === 'sending')
    return {
      outcome: 'voidInfrastructure',
      reasons: [`it is unknown whether the MDM server has declaration ${ordinal}`],
      certain: false,
    }
  return lastSeenAt && sentAt && lastSeenAt >= sentAt
    ? {
        outcome: 'acknowledgedNothingHappened',
        reasons: [
          `declaration ${ordinal} was at the MDM server, and the device has been in contact since; what it fetched and reported is in the timeline`,
        ],
        certain: false,
      }
    : {
        outcome: 'noReplyUndocumented',
        reasons: [
          `the device has not been in contact since declaration ${ordinal} was put on the MDM server`,
        ],
        certain: false,
      }
}

/** Proposes the outcome without an answer to the last command. After a restart of the device that is documented, because a restart can lose the answer. */
function proposeNoReply(
  evidence: OutcomeEvidence,
  { ordinal, state, sentAt }: SlotEvidence,
): Proposal {
  const since = (at: Date | undefined) => at !== undefined && sentAt !== undefined && at >= sentAt
  if (state === 'unconfirmed' || state === 'sending')
    return {
      outcome: 'voidInfrastructure',
      reasons: [`it is unknown whether the MDM server has command ${ordinal}, and no answer came`],
      certain: false,
    }
  const received = since(evidence.lastSeenAt)
  const never = received
    ? `command ${ordinal} was never answered, although the device has been in contact since`
    : `the device has not been in contact since command ${ordinal} was sent; the command may still be queued`
  // https://github.com/apple/device-management/blob/0a4527c5/mdm/commands/system.update.schedule.yaml
  const restarted = evidence.observations.some(({ kind, at }) => kind === 'rebooted' && since(at))
  const documented =
    evidence.documentedSilence ??
    (restarted ? 'it restarted, which according to Apple can keep it from answering' : undefined)
  return {
    outcome: documented === undefined ? 'noReplyUndocumented' : 'noReplyDocumented',
    reasons: documented === undefined ? [never] : [never, documented],
    certain: received,
  }
}
