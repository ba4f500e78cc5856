import { type Block, type Line, type Section, timelineTitle } from '@/lib/domain/report/blocks'
import { differenceWords } from '@/lib/domain/trial/clocks'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import { declarationSight } from '@/lib/domain/trial/delivery-words'
import { count, muted, orUnknown, sources, table, time } from './document-words'
import type { TrialReport } from './report-format'

type Released = TrialReport['commands'][number]

/** Each command or declaration that was released, by its CommandUUID. */
export function commandsSection({ commands, protocol }: TrialReport): Section {
  const title = protocol.commands.some(({ declaration }) => declaration !== null)
    ? 'Commands and declarations'
    : 'Commands'
  if (commands.length === 0) return { title, blocks: [muted('None was released.')] }
  const rows = commands.map((one) => [
    [`${nameOf(one)} ${one.ordinal ?? 'unknown'}`, one.requestType],
    [
      { text: one.commandUuid, code: true as const },
      { text: one.plistSha256, code: true as const },
    ],
    [
      `released ${time(one.releasedAt)} by ${one.releasedBy}`,
      one.sentAt ? `sent ${time(one.sentAt)}` : 'not sent',
      isDeclared(one)
        ? `at its server: ${one.state === 'queued' ? 'attached to the device' : one.state}`
        : `at the MDM server: ${one.state}`,
    ],
    answerLines(one),
  ])
  const columns = { Released: 16, 'CommandUUID, SHA-256 of its bytes': 32, Sent: 28, Answer: 24 }
  return { title, blocks: [table(columns, rows)] }
}

const isDeclared = ({ requestType }: Released) => requestType === enforcementType
const nameOf = (one: Released) => (isDeclared(one) ? 'Declaration' : 'Command')

function answerLines(command: Released): Line[] {
  const { answeredAt, answerStatus, answeredAgain, notNow, abandonedAt, abandonedBy } = command
  return [
    answeredAt
      ? `${isDeclared(command) ? declarationSight(answerStatus) : orUnknown(answerStatus)} ${time(answeredAt)}`
      : isDeclared(command)
        ? 'the device has not asked for it'
        : 'no answer',
    ...(notNow > 0 ? [`NotNow ${count(notNow, 'time', 'times')}`] : []),
    ...(answeredAgain > 0 ? [`answered again ${count(answeredAgain, 'time', 'times')}`] : []),
    ...(command.withdrawal
      ? withdrawalLines(command.withdrawal)
      : abandonedAt
        ? [
            `abandoned ${time(abandonedAt)} by ${orUnknown(abandonedBy)}: ${orUnknown(command.abandonedReason)}`,
          ]
        : []),
  ]
}

/** Who took it back and when, what its server did, and whether the device was seen without it. */
function withdrawalLines(withdrawal: NonNullable<Released['withdrawal']>): Line[] {
  const { cause, by, requestedAt, reason, steps, detachedAt, finishedAt } = withdrawal
  const { seenWithoutAt, seenWithoutHow } = withdrawal
  const who = cause === 'person' ? `withdrawn by ${by}` : `taken back by ${by}`
  const server = finishedAt
    ? `its server detached it ${detachedAt ? time(detachedAt) : 'at an unknown time'} and has held nothing of it since ${time(finishedAt)}`
    : detachedAt
      ? `its server detached it ${time(detachedAt)}; clearing up had not come to its end`
      : 'its server had not detached it'
  return [
    `${who} ${time(requestedAt)}: ${reason}`,
    ...steps.map(({ at, words }) => `${time(at)} ${words}`),
    server,
    seenWithoutAt
      ? `${seenWithoutHow ?? 'the device was seen without it'} ${time(seenWithoutAt)}`
      : 'the device was not seen without it: it may still have it, or have installed it',
  ]
}

/** All of the record in its order. */
export function timelineSection({ timeline, serverClock }: TrialReport): Section {
  const clock = serverClock
    ? ` The MDM server’s clock was ${differenceWords(serverClock.aheadMs, 1000)} this lab’s, by ${count(serverClock.messages, 'message', 'messages')}.`
    : ' How the two clocks differed is unknown.'
  const rows = timeline.map(({ at, words, by, details }) => [
    [time(at)],
    [{ text: words, strong: true as const }, ...details],
    [by ?? ''],
  ])
  return {
    title: timelineTitle,
    blocks: [
      muted(
        `Times in UTC. Replies by the clock of the MDM server, observations when they were seen, all else by the clock of this lab’s server.${clock}`,
      ),
      rows.length === 0
        ? muted('Nothing has happened yet.')
        : table({ Time: 20, Event: 63, By: 17 }, rows),
    ],
  }
}

/** How the replies differ from what Apple documents, and the replies to the update commands. */
export function repliesSection({ replies, contradictions, checks }: TrialReport): Section {
  const listed = replies.filter(isShown)
  const rest = replies.length - listed.length
  const notCompared = checks.notCompared.map(
    ({ reason, replies: of }) => ` ${of} not compared: ${reason}.`,
  )
  const compared = `${count(replies.length, 'message', 'messages')} of the device, ${count(checks.compared, 'reply', 'replies')} compared with Apple’s documents.${notCompared.join('')}`
  return {
    title: 'Replies and contradictions',
    blocks: [
      muted(compared),
      contradictions.length === 0
        ? muted(
            checks.compared === 0
              ? 'Contradictions: unknown, as nothing was compared.'
              : 'No contradiction was found.',
          )
        : contradictionTable(contradictions),
      ...(listed.length > 0 ? [replyTable(listed, contradictions)] : []),
      ...(rest > 0
        ? [
            muted(
              `${rest} answers to queries are not listed here: they were read, and contradict nothing. Their readings are in the timeline.`,
            ),
          ]
        : []),
    ],
  }
}

type Reply = TrialReport['replies'][number]

/** Answers to queries are many, and the timeline has what they changed. */
const isShown = (reply: Reply): boolean =>
  reply.ordinal !== null ||
  reply.requestType === null ||
  reply.readState !== 'read' ||
  reply.contradictions.length > 0 ||
  reply.warnings.length > 0

function contradictionTable(contradictions: TrialReport['contradictions']): Block {
  const rows = contradictions.map((one) => [
    [{ text: one.label, strong: true as const }, one.requestType, one.path],
    [one.observed, `on ${one.onVersions.join(', ')}`],
    documentedLines(one),
    [
      `${one.replies === null ? 'replies unknown' : count(one.replies, 'reply', 'replies')}, event ${one.eventIds.join(', ')}`,
      ...sources(one.cites),
      ...sources(one.reported),
    ],
  ])
  return table({ Contradiction: 26, Seen: 13, Documented: 32, 'Replies and sources': 29 }, rows)
}

/** What is documented and why it differs, once where the reason repeats it: a list of values can be long. */
function documentedLines(one: TrialReport['contradictions'][number]): Line[] {
  const why = `${one.reason}. Compared with ${one.documentation}.`
  return one.reason.endsWith(one.expected) ? [why] : [one.expected, why]
}

function replyTable(
  replies: readonly Reply[],
  contradictions: TrialReport['contradictions'],
): Block {
  const named = new Map(
    contradictions.map(({ fingerprint, label, path }) => [fingerprint, `${label}: ${path}`]),
  )
  const rows = replies.map((one) => [
    [time(one.at), `event ${one.eventId}`],
    [
      one.requestType
        ? `${one.ordinal ? `command ${one.ordinal}, ` : ''}${one.requestType}`
        : (one.topic ?? 'not read'),
    ],
    [
      `${one.status ?? ''}${one.readState === 'read' ? '' : ` (${one.readState})`}`.trim() ||
        'none',
    ],
    [
      ...[one.says, one.problem].flatMap((line) => line || []),
      ...one.warnings.map(({ path, note }) => `parser warning: ${path} ${note}`),
      ...one.contradictions.map((fingerprint) => named.get(fingerprint) ?? fingerprint),
    ],
  ])
  return table({ Time: 22, 'Answer to': 22, Status: 14, 'What it says': 42 }, rows)
}
