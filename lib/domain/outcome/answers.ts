import type { ReplyEvidence } from './outcome-evidence'
import { claimOf, errorsOf, saysInstalling, saysNothingToDo } from './reply-claims'

/** The answers to one CommandUUID, split where the first final one came. */
export type Answers = {
  /** Up to and including the first final answer: these speak of the command. */
  speaking: readonly ReplyEvidence[]
  /** The first final answer; undefined while the device has only put it off or said nothing. */
  final: ReplyEvidence | undefined
  /** What came after it: the MDM server handed the command out again. */
  redelivered: readonly ReplyEvidence[]
}

/**
 * The statuses after which a device has nothing more to say of a command. NotNow puts the answer off;
 * Idle and what no schema has are kept as they came and end nothing
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/errors/).
 */
const finalStatuses = ['Acknowledged', 'Error', 'CommandFormatError']

const isFinal = ({ status }: ReplyEvidence): boolean => finalStatuses.includes(status)

/**
 * Splits the answers to one command, given in the order of time. MDM servers hand an unanswered command
 * out at every poll, and some hand out an answered one again, also after the install: the answer to a
 * repeat is about the repeat and never replaces the first
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/storage/kv/queue_ll.go).
 */
export function answersOf(replies: readonly ReplyEvidence[]): Answers {
  const first = replies.findIndex(isFinal)
  if (first === -1) return { speaking: replies, final: undefined, redelivered: [] }
  return {
    speaking: replies.slice(0, first + 1),
    final: replies[first],
    redelivered: replies.slice(first + 1).filter(({ status }) => status !== 'NotNow'),
  }
}

/** What answers to repeats of a command add, one sentence each, and whether one of them disagrees. */
export function repeatsOf({ final, redelivered }: Answers, ordinal: number, changed: boolean) {
  if (final === undefined || redelivered.length === 0) return { because: [], disagree: false }
  const done = redelivered.filter(saysNothingToDo)
  const others = redelivered.filter((one) => !saysNothingToDo(one))
  const disagree = others.some((one) => claimOf(one) !== claimOf(final))
  const because = [
    ...(done.length > 0
      ? [
          changed
            ? `command ${ordinal} was delivered again and answered with "nothing to do", as a device that has installed does`
            : `command ${ordinal} was delivered again and answered with "nothing to do", which suggests an install: check the OS`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `command ${ordinal} was delivered again after its answer and answered with ${words(others)}`,
        ]
      : []),
  ]
  return { because, disagree: disagree || (done.length > 0 && !changed) }
}

const words = (replies: readonly ReplyEvidence[]): string =>
  [
    ...new Set(
      replies.flatMap((one) => {
        const errors = errorsOf(one)
        return errors.length > 0 ? errors : [saysInstalling(one) ? 'Installing' : one.status]
      }),
    ),
  ].join(', ')
