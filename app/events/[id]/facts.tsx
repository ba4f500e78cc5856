import {
  Code,
  Paper,
  Stack,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyText } from '@/components/data/copy-text'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ContradictionText } from '@/components/trial/contradiction-text'
import { authorize } from '@/lib/auth/guard'
import {
  findReplyCheck,
  listContradictionsOfEvent,
  type ReplyCheck,
} from '@/lib/db/queries/events/contradictions'
import type { EventView } from '@/lib/db/queries/events/event-list'
import { deviceFirst } from '@/lib/domain/contradiction/finding'
import { eventKindWords } from '@/lib/domain/server/server-check'
import { paths } from '@/lib/paths'

const sourceWords: Record<EventView['event']['source'], string> = {
  webhook: 'Posted by the webhook',
  keptReport:
    'Read from the reports that the server of declarations has kept; the webhook did not bring it',
}

/** What only a kept report has. */
const keptRows = ({ reportAt, reportId }: EventView['event']): [string, ReactNode][] => [
  ['Kept by its server since', reportAt && <When key="kept" at={reportAt} exact />],
  ['Name of the report there', reportId && <Long key="report" text={reportId} />],
]

/** What was read of the envelope, and what the event belongs to. */
export function EventFacts({ view }: { view: EventView }) {
  const { event, server } = view
  const rows: [string, ReactNode][] = [
    ['How it came', sourceWords[event.source]],
    ['Received', <When key="received" at={event.receivedAt} exact />],
    ['Written by the server', event.createdAt && <When key="at" at={event.createdAt} exact />],
    ...(event.source === 'keptReport' ? keptRows(event) : []),
    [
      'MDM server',
      <TextLink key="server" href={paths.server(server.id)} size="sm">
        {server.name}
      </TextLink>,
    ],
    ['What it is', event.kind && eventKindWords[event.kind]],
    ['Topic', event.topic && <UserText key="topic">{event.topic}</UserText>],
    ['Status', event.status && <UserText key="status">{event.status}</UserText>],
    ['Enrollment ID', event.enrollmentId && <Long key="id" text={event.enrollmentId} />],
    ['Device', <DeviceOf key="device" view={view} />],
    ['Command', event.commandUuid && <CommandOf key="command" view={view} />],
    ['Trial', <TrialOf key="trial" view={view} />],
    [
      'Duplicate of',
      event.duplicateOf && (
        <TextLink key="same" href={paths.event(event.duplicateOf)} size="sm">
          event {event.duplicateOf}
        </TextLink>
      ),
    ],
    ['SHA-256 of the body', <Long key="sum" text={event.sha256} />],
    [
      'SHA-256 of the reply',
      event.payloadSha256 && <Long key="reply" text={event.payloadSha256} />,
    ],
  ]
  return (
    <Table layout="fixed" aria-label="What was read">
      <TableTbody>
        {rows.map(([label, value]) => (
          <TableTr key={label}>
            <TableTh scope="row" fw={500} w="34%" style={{ verticalAlign: 'top' }}>
              {label}
            </TableTh>
            <TableTd>{value || <None />}</TableTd>
          </TableTr>
        ))}
      </TableTbody>
    </Table>
  )
}

const None = () => (
  <Text span size="sm" c="dimmed">
    none
  </Text>
)

const Long = ({ text }: { text: string }) => (
  <>
    <Code style={{ overflowWrap: 'anywhere' }}>{text}</Code> <CopyText text={text} label="Copy" />
  </>
)

function DeviceOf({ view: { event, labTag, deviceName } }: { view: EventView }) {
  if (!event.deviceId) return <None />
  return (
    <TextLink href={paths.device(event.deviceId)} size="sm">
      <UserText>{labTag ?? deviceName}</UserText>
    </TextLink>
  )
}

function TrialOf({ view: { event, trialNumber } }: { view: EventView }) {
  if (!event.trialId) return <None />
  return (
    <TextLink href={paths.trial(event.trialId)} size="sm">
      T-{trialNumber}
    </TextLink>
  )
}

/** Commands have no page of their own: they stand on the page of their trial, or of the device that was asked. */
function CommandOf({ view: { event, requestType, purpose } }: { view: EventView }) {
  const what =
    requestType === null
      ? 'no command of this lab'
      : `${requestType}${purpose === 'probe' ? ', only asked' : ', an intervention'}`
  return (
    <>
      <Text size="sm">{what}</Text>
      {event.commandUuid && <Long text={event.commandUuid} />}
    </>
  )
}

/** What this reply has that is not as Apple documents it; nothing where it was no reply to a command. */
export async function EventContradictions({ eventId }: { eventId: number }) {
  const { db } = await authorize('look')
  const [check, found] = await Promise.all([
    findReplyCheck(db, eventId),
    listContradictionsOfEvent(db, eventId),
  ])
  if (!check) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Against Apple's documents">
      <Title order={2} size="h4" mb="xs">
        Against Apple's documents
      </Title>
      <Stack gap="sm">
        <Text size="sm">{inWords(check, found.length)}</Text>
        {deviceFirst(found).map((shown) => (
          <ContradictionText key={shown.id} shown={shown} />
        ))}
      </Stack>
    </Paper>
  )
}

function inWords(check: ReplyCheck, found: number): string {
  const { requestType, platform, osVersion, notCompared, judged, leftOut, documentation } = check
  if (notCompared !== null) return `Nothing was compared: ${notCompared}.`
  const message =
    requestType === 'StatusReport' ? 'The status report' : `The answer to ${requestType}`
  const what = `${message} of a device on ${platform} ${osVersion} was compared at ${judged.length} places with ${documentation}.`
  if (found === 0) return `${what} All of it is as documented.`
  return leftOut === 0 ? what : `${what} ${leftOut} more findings are left out.`
}
