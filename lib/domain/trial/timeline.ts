import { tellsOfUnasked } from './command-slot'
import type {
  ObservationEntry,
  ProbeEntry,
  ReadingChange,
  TimelineAttachment,
  TimelineCommand,
  TimelineCommandEvent,
  TimelineEntry,
  TimelineRecord,
  TimelineReply,
} from './timeline-entry'

/**
 * The whole record of a trial as one list, oldest first. Times are by the servers' clocks, and for an observation when it
 * was seen. Nothing is left out; what two tables have about the same moment is shown once, and a query is shown with its
 * answers.
 */
export function timelineOf(record: TimelineRecord): TimelineEntry[] {
  const entries = [
    ...record.steps.map((step) => ({
      type: 'step' as const,
      key: `step-${step.id}`,
      at: step.at,
      step,
    })),
    ...deliveries(record),
    ...probesAndReplies(record),
    ...changesTogether(record.changes),
    ...observed(record),
    ...attached(record.attachments),
  ]
  return foldProbes(entries.toSorted(inTime))
}

// The order within the same millisecond: an action before its result.
const ranks: Record<TimelineEntry['type'], number> = {
  step: 0,
  delivery: 1,
  probe: 2,
  probes: 2,
  reply: 3,
  readings: 4,
  observation: 5,
  attachment: 6,
}

const inTime = (a: TimelineEntry, b: TimelineEntry): number =>
  a.at.getTime() - b.at.getTime() ||
  ranks[a.type] - ranks[b.type] ||
  a.key.localeCompare(b.key, 'en', { numeric: true })

/** Command events that are in neither the trial's record nor a reply; for queries, only those that were not sent. */
function deliveries({ steps, commands, commandEvents, replies }: TimelineRecord): TimelineEntry[] {
  const reported = new Set(
    steps.map(({ data, at }) => momentOf(String(data.commandUuid ?? ''), at)),
  )
  const answered = new Set(replies.map(({ commandUuid, at }) => momentOf(commandUuid ?? '', at)))
  return commandEvents.flatMap((event): TimelineEntry[] => {
    const command = commands.find(({ commandUuid }) => commandUuid === event.commandUuid)
    if (!command || (command.purpose === 'probe' && !tellsOfUnasked(event.kind))) return []
    const moment = momentOf(event.commandUuid, event.at)
    if (reported.has(moment) || (isAnswer(event) && answered.has(moment))) return []
    return [{ type: 'delivery', key: `delivery-${event.id}`, at: event.at, event, command }]
  })
}

const momentOf = (commandUuid: string, at: Date) => `${commandUuid.toLowerCase()} ${at.getTime()}`

const isAnswer = ({ kind }: TimelineCommandEvent): boolean =>
  kind === 'answered' || kind === 'answeredAgain' || kind === 'notNow'

function probesAndReplies({ commands, replies }: TimelineRecord): TimelineEntry[] {
  const probes = commands.filter(({ purpose }) => purpose === 'probe')
  const isOf = (command: TimelineCommand, { commandUuid }: TimelineReply) =>
    commandUuid?.toLowerCase() === command.commandUuid
  const asked = probes.map(
    (command): ProbeEntry => ({
      type: 'probe',
      key: `probe-${command.commandUuid}`,
      at: command.reservedAt,
      command,
      replies: replies.filter((reply) => isOf(command, reply)),
    }),
  )
  const others = replies
    .filter((reply) => !probes.some((command) => isOf(command, reply)))
    .map((reply) => ({ type: 'reply' as const, key: `reply-${reply.id}`, at: reply.at, reply }))
  return [...asked, ...others]
}

/** Readings that changed by one answer, or by one person at one moment, are one entry. */
function changesTogether(changes: readonly ReadingChange[]): TimelineEntry[] {
  const together = Map.groupBy(changes, ({ answeredAt, source, commandUuid, by }) =>
    [answeredAt.getTime(), source, commandUuid, by].join(' '),
  )
  return [...together.values()].flatMap((group): TimelineEntry[] => {
    const [first] = group
    if (!first) return []
    return [{ type: 'readings', key: `reading-${first.id}`, at: first.answeredAt, changes: group }]
  })
}

function observed({ observations, attachments }: TimelineRecord): ObservationEntry[] {
  const corrections = new Map(
    observations.flatMap((one) => (one.correctsId === null ? [] : [[one.correctsId, one]])),
  )
  const byId = new Map(observations.map((one) => [one.id, one]))
  return observations.map((observation) => ({
    type: 'observation',
    key: `observation-${observation.id}`,
    at: observation.observedAt,
    observation,
    correctedBy: corrections.get(observation.id),
    corrects: observation.correctsId === null ? undefined : byId.get(observation.correctsId),
    attachments: attachments.filter(({ observationId }) => observationId === observation.id),
  }))
}

const attached = (attachments: readonly TimelineAttachment[]): TimelineEntry[] =>
  attachments
    .filter(({ observationId }) => observationId === null)
    .map((attachment) => ({
      type: 'attachment' as const,
      key: `attachment-${attachment.id}`,
      at: attachment.attachedAt,
      attachment,
    }))

/** From this many consecutive queries on, they are shown as one line. */
const minToFold = 3

function foldProbes(entries: readonly TimelineEntry[]): TimelineEntry[] {
  const folded: TimelineEntry[] = []
  let run: ProbeEntry[] = []
  const close = () => {
    const [first] = run
    if (first && run.length >= minToFold)
      folded.push({ type: 'probes', key: `run-${first.key}`, at: first.at, probes: run })
    else folded.push(...run)
    run = []
  }
  for (const entry of entries) {
    if (entry.type === 'probe') run.push(entry)
    else {
      close()
      folded.push(entry)
    }
  }
  close()
  return folded
}
