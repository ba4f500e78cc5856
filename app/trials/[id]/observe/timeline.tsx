import { Group, Text } from '@mantine/core'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { LocalTime } from '@/components/data/local-time'
import { SourceBadge } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { CommandStatus } from '@/components/trial/command-status'
import { shortIdentifiers } from '@/lib/domain/declaration/own-identifier'
import { describeReported } from '@/lib/domain/reading/describe-reading'
import { readingFields } from '@/lib/domain/reading/reading'
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
import { paths } from '@/lib/paths'
import type { Current } from '../read-current'
import { FieldQueries } from '../review/field-queries'
import type { ReviewView } from '../review/review-view'
import { AttachTo } from './attach'
import { Attachments } from './attachments'
import { ObservationText } from './observation-entry'
import classes from './timeline.module.css'

type Props = {
  entries: TimelineEntry[]
  trialId: string
  canCorrect: boolean
  /** What is known of attachments only now. */
  files: Pick<Current, 'mayAttach' | 'previews'> | undefined
  review: ReviewView | undefined
}
type OfTrial = Omit<Props, 'entries'>

/** What is before the newest entries is one line until it is opened. On paper it is open. */
const newest = 25

/** Everything on the trial's record, the newest first; the raw reply is one click away. */
export function Timeline({ entries, ...ofTrial }: Props) {
  if (entries.length === 0) return <EmptyState title="Nothing has happened yet" />
  const backwards = entries.toReversed()
  const earlier = backwards.slice(newest)
  return (
    <>
      <ol className={classes.list} aria-label="Timeline">
        <Entries entries={backwards.slice(0, newest)} {...ofTrial} />
      </ol>
      {earlier.length > 0 && (
        <details>
          <summary>
            {earlier.length} earlier {earlier.length === 1 ? 'entry' : 'entries'}
          </summary>
          <ol className={classes.list} aria-label="Earlier entries">
            <Entries entries={earlier} {...ofTrial} />
          </ol>
        </details>
      )}
    </>
  )
}

const Entries = ({ entries, ...ofTrial }: Props) =>
  entries.map((entry) => (
    <li key={entry.key} className={classes.entry} data-type={entry.type}>
      <Text span size="xs" c="dimmed">
        <When at={entry.at} />
        <LocalTime at={entry.at} />
      </Text>
      <div>
        <Entry entry={entry} {...ofTrial} />
      </div>
    </li>
  ))

function Entry({ entry, ...ofTrial }: { entry: TimelineEntry } & OfTrial) {
  const { review } = ofTrial
  switch (entry.type) {
    case 'step':
      return (
        <>
          <b>{shortIdentifiers(entry.step.text || entry.step.kind)}</b>{' '}
          <By name={entry.step.byName} />
          <FieldQueries review={review} field={{ kind: 'event', id: entry.step.id }} />
        </>
      )
    case 'delivery':
      return (
        <span style={{ overflowWrap: 'anywhere' }}>{deliveryLine(entry.command, entry.event)}</span>
      )
    case 'reply':
      return <Reply reply={entry.reply} review={review} />
    case 'probe':
      return <Probe probe={entry} review={review} />
    case 'probes':
      return (
        <details>
          <summary>The device was queried {entry.probes.length} times</summary>
          {entry.probes.map((probe) => (
            <Probe key={probe.key} probe={probe} review={review} />
          ))}
        </details>
      )
    case 'readings':
      return <Changes changes={entry.changes} />
    case 'observation':
      return <Observed entry={entry} {...ofTrial} />
    case 'attachment':
      return (
        <>
          <b>Attached to the trial</b>
          <Files attachments={[entry.attachment]} {...ofTrial} />
        </>
      )
  }
}

const By = ({ name }: { name: string }) => (
  <Text span size="xs" c="dimmed">
    by <UserText>{name}</UserText>
  </Text>
)

function Reply({ reply, review }: { reply: TimelineReply; review: ReviewView | undefined }) {
  const isLate = review?.lateReplies.some(({ id }) => id === reply.id)
  const [what, name] = messageTitle(reply)
  return (
    <>
      <b>{what}:</b> {name} {reply.status}
      {reply.readState !== 'read' && ` (${reply.readState})`}{' '}
      <TextLink href={paths.event(reply.id)} size="xs">
        raw reply
      </TextLink>
      <FieldQueries review={review} field={{ kind: 'reply', id: reply.id }} />
      {isLate && (
        <Text size="sm">
          Arrived after the trial was {review?.state}: kept, and not part of what was signed.
        </Text>
      )}
      {reply.words && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          <UserText>{reply.words}</UserText>
        </Text>
      )}
      {reply.reason && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {shortIdentifiers(reply.reason)}
        </Text>
      )}
      {reply.oddities.map(({ path, note }) => (
        <Text key={`${path} ${note}`} size="sm">
          Parser warning: <code>{path}</code> {note}
        </Text>
      ))}
    </>
  )
}

function Probe({ probe, review }: { probe: ProbeEntry; review: ReviewView | undefined }) {
  const { command, replies } = probe
  return (
    <>
      <Group gap="xs">
        <span>Queried: {command.requestType}</span>
        {replies.length === 0 && <CommandStatus state={command.state} />}
        <By name={command.reservedByName} />
      </Group>
      {command.state === 'reserved' || replies.length > 0 ? null : (
        <Text size="sm" c="dimmed">
          {command.withdrawnAt ? 'abandoned without an answer' : 'no answer yet'}
        </Text>
      )}
      {replies.map((reply) => (
        <Reply key={reply.id} reply={reply} review={review} />
      ))}
    </>
  )
}

function Changes({ changes }: { changes: ReadingChange[] }) {
  const [first] = changes
  return (
    <>
      {first && <SourceBadge source={first.source} by={first.commandUuid ? undefined : first.by} />}
      {changes.map((change) => (
        <Text key={change.id} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {readingFields[change.field].label}:{' '}
          {change.before && (
            <>
              <UserText>
                {shortIdentifiers(describeReported({ field: change.field, ...change.before }))}
              </UserText>
              {' → '}
            </>
          )}
          <b>
            <UserText>{shortIdentifiers(describeReported(change))}</UserText>
          </b>
        </Text>
      ))}
    </>
  )
}

function Observed({ entry, ...ofTrial }: { entry: ObservationEntry } & OfTrial) {
  const { trialId, canCorrect, files, review } = ofTrial
  const { observation, correctedBy, corrects, attachments } = entry
  return (
    <>
      <ObservationText
        observation={{
          ...observation,
          observedAt: observation.observedAt.toISOString(),
        }}
        struck={correctedBy !== undefined}
        trialId={trialId}
        canCorrect={canCorrect && correctedBy === undefined}
      />
      <FieldQueries review={review} field={{ kind: 'observation', id: observation.id }} />
      {corrects && (
        <Text size="xs" c="dimmed">
          corrects an earlier entry: <UserText>{observation.reason}</UserText>
        </Text>
      )}
      {correctedBy && (
        <Text size="xs">
          corrected by <UserText>{correctedBy.byName}</UserText>:{' '}
          <UserText>{correctedBy.reason}</UserText>
        </Text>
      )}{' '}
      {files?.mayAttach && !correctedBy && (
        <AttachTo trialId={trialId} observationId={observation.id} />
      )}
      <Files attachments={attachments} {...ofTrial} />
    </>
  )
}

function Files({ attachments, trialId, files }: { attachments: TimelineAttachment[] } & OfTrial) {
  const shown = attachments.map(({ id, fileName, type, bytes, sha256, byName, ...times }) => {
    const preview = files?.previews.get(sha256)
    const { withdrawn } = times
    return {
      ...{ id, fileName, type, bytes, sha256, byName, attachedAt: times.attachedAt.toISOString() },
      withdrawn: withdrawn && {
        ...{ byName: withdrawn.byName, reason: withdrawn.reason },
        at: withdrawn.at.toISOString(),
      },
      preview: preview && {
        ...{ state: preview.state, reason: preview.reason, takenText: preview.takenText },
      },
    }
  })
  return <Attachments trialId={trialId} shown={shown} canWithdraw={files?.mayAttach ?? false} />
}
