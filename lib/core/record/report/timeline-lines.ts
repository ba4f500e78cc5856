import { attachmentInfo } from '@/lib/domain/attachment/attachment'
import { describeReported } from '@/lib/domain/reading/describe-reading'
import { readingFields, sourceWords } from '@/lib/domain/reading/reading'
import { exactTime } from '@/lib/domain/text/instant'
import { deliveryLine } from '@/lib/domain/trial/delivery-words'
import {
  messageTitle,
  type ObservationEntry,
  type ProbeEntry,
  type ReadingChange,
  type TimelineAttachment,
  type TimelineEntry,
  type TimelineReply,
} from '@/lib/domain/trial/timeline-entry'
import { sightingInWords } from './report-end'
import type { TrialReport } from './report-format'

type Line = TrialReport['timeline'][number]
type Words = Omit<Line, 'at' | 'kind'>

/** An entry of a trial's timeline as one line with its details. */
export const timelineLine = (entry: TimelineEntry): Line => ({
  at: entry.at.toISOString(),
  kind: entry.type,
  ...wordsOf(entry),
})

function wordsOf(entry: TimelineEntry): Words {
  switch (entry.type) {
    case 'step':
      return line(entry.step.text || entry.step.kind, entry.step.byName)
    case 'delivery':
      return line(deliveryLine(entry.command, entry.event), entry.event.byName)
    case 'reply':
      return line(replyTitle(entry.reply), null, replyDetails(entry.reply))
    case 'probe':
      return line(`Queried: ${entry.command.requestType}`, entry.command.reservedByName, [
        ...answersTo(entry),
      ])
    case 'probes':
      return line(manyProbes(entry.probes), null)
    case 'readings':
      return changesLine(entry.changes)
    case 'observation':
      return observationLine(entry)
    case 'attachment':
      return line('Attached to the trial', entry.attachment.byName, [
        attachmentWords(entry.attachment),
      ])
  }
}

const line = (words: string, by: string | null, details: string[] = []): Words => ({
  words,
  by,
  details,
})

function replyTitle(reply: TimelineReply): string {
  const { status, readState } = reply
  const what = messageTitle(reply).join(': ')
  const read = readState === 'read' ? '' : ` (${readState})`
  return [what, status].filter(Boolean).join(' ') + read
}

const replyDetails = ({ words, reason, oddities }: TimelineReply): string[] => [
  ...[words, reason].flatMap((one) => one || []),
  ...oddities.map(({ path, note }) => `parser warning: ${path} ${note}`),
]

const answersTo = ({ replies, command }: ProbeEntry): string[] =>
  replies.length > 0
    ? replies.flatMap((reply) => [`answered ${reply.status ?? 'unknown'}`, ...replyDetails(reply)])
    : [command.withdrawnAt ? 'abandoned without an answer' : `no answer (${command.state})`]

function manyProbes(probes: readonly ProbeEntry[]): string {
  const byType = Map.groupBy(probes, ({ command }) => command.requestType)
  const counts = [...byType].map(([type, of]) => `${type} ${of.length}`)
  const last = probes.at(-1)
  return `The device was queried ${probes.length} times until ${last ? exactTime(last.at) : 'unknown'} (${counts.join(', ')})`
}

function changesLine(changes: readonly ReadingChange[]): Words {
  const [first] = changes
  const from = first ? ` (${sourceWords[first.source]})` : ''
  return line(`Readings${from}`, first?.by ?? null, changes.map(changeWords))
}

function changeWords(change: ReadingChange): string {
  const { field, before } = change
  const was = before ? `${describeReported({ field, ...before })} → ` : ''
  return `${readingFields[field].label}: ${was}${describeReported(change)}`
}

/** Everything by which the file can be found and compared; the report does not hold it. */
function attachmentWords(attachment: TimelineAttachment): string {
  const { fileName, type, bytes, sha256, byName, withdrawn } = attachment
  const { label } = attachmentInfo(type)
  const gone = withdrawn ? `; withdrawn by ${withdrawn.byName}: ${withdrawn.reason}` : ''
  return `${attachmentInfo(type).kind} ${fileName}, ${label}, ${bytes} bytes, SHA-256 ${sha256}, by ${byName}${gone}`
}

function observationLine(entry: ObservationEntry): Words {
  const { observation, corrects, correctedBy, attachments } = entry
  const { byName, reason } = observation
  return line(`Seen: ${sightingInWords(observation)}`, byName, [
    ...attachments.map(attachmentWords),
    ...(corrects ? [`corrects an earlier entry: ${reason ?? ''}`] : []),
    ...(correctedBy
      ? [`not in force, corrected by ${correctedBy.byName}: ${correctedBy.reason ?? ''}`]
      : []),
  ])
}
