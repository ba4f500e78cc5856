import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { History, ReadRecord } from '@/lib/core/record/read-record'
import type { Environment } from '@/lib/domain/device/device'
import { changesAround, changeWords } from '@/lib/domain/record-change'
import { exactTime } from '@/lib/domain/text/instant'
import { Card } from './card'
import { EmptyState } from './empty-state'
import { TextLink } from './links'
import { PageHeader } from './page-header'
import classes from './record-page.module.css'
import { Refusal } from './refusal'
import { UserText } from './text'
import { ExactTimes } from './when'

/** The address of the page at an instant; of the page as it is now without one. */
type HrefAt = (asOf?: string) => string

type Props<T> = {
  found: ReadRecord<T>
  title: ReactNode
  /** The title as plain text. */
  what: string
  environment: Environment
  hrefAt: HrefAt
  now: Date
  /** What the history of this kind of record lacks, beside what no history has. */
  limits: ReactNode
  /** @param at the instant that is shown, which is `now` on the current page */
  children: (record: T, at: Date) => ReactNode
}

/** The page of a record, as it is now or as it was at an instant, and a field to choose another instant. */
export function RecordPage<T>({
  found,
  title,
  what,
  environment,
  hrefAt,
  now,
  ...props
}: Props<T>) {
  if (found.status === 'refused')
    return (
      <>
        <PageHeader title={title} environment={environment} />
        <Stack gap="lg">
          <Refusal title="That moment cannot be shown" reason={found.reason}>
            <TextLink href={hrefAt()}>Back to now</TextLink>
          </Refusal>
          <ChooseInstant hrefAt={hrefAt} now={now} />
        </Stack>
      </>
    )
  const { history } = found
  if (history === undefined)
    return (
      <Stack gap="lg">
        <div>{props.children(found.record, now)}</div>
        <ChooseInstant hrefAt={hrefAt} now={now} />
      </Stack>
    )
  return (
    <HistoryFrame hrefAt={hrefAt} history={history}>
      {found.status === 'shown' ? (
        props.children(found.record, history.at)
      ) : (
        <>
          <PageHeader title={title} environment={environment} />
          <NothingThen {...found} at={history.at} what={what} hrefAt={hrefAt} />
        </>
      )}
      <Stack gap="lg" mt="lg">
        <ChooseInstant hrefAt={hrefAt} at={history.at} now={now} />
        <Changes hrefAt={hrefAt} history={history} />
        <LimitsOfHistory>{props.limits}</LimitsOfHistory>
      </Stack>
    </HistoryFrame>
  )
}

type HistoryProps = { hrefAt: HrefAt; history: History }

const toTheMs = (at: Date) => at.toISOString().replace('T', ' ').replace('Z', ' UTC')

/** The frame marks a past state; its band keeps the instant in sight while scrolling. */
function HistoryFrame({ hrefAt, history, children }: HistoryProps & { children: ReactNode }) {
  const { at, changes } = history
  const { before, after } = changesAround(changes, at)
  return (
    <div className={classes.frame}>
      <div role="note" aria-label="History" className={classes.band}>
        <Group gap="xs" justify="space-between">
          <Group gap="xs">
            <IconHistory size={18} aria-hidden />
            <b>History: {toTheMs(at)}.</b> Nothing can be changed here.
          </Group>
          <Group gap="md">
            {before && <TextLink href={hrefAt(before.toISOString())}>Previous change</TextLink>}
            {after && <TextLink href={hrefAt(after.toISOString())}>Next change</TextLink>}
            <TextLink href={hrefAt()}>Back to now</TextLink>
          </Group>
        </Group>
      </div>
      <ExactTimes>{children}</ExactTimes>
    </div>
  )
}

type Choose = {
  hrefAt: HrefAt
  /** The instant that is shown; undefined on the current page. */
  at?: Date | undefined
  now: Date
}

/** A plain GET form, so that the chosen instant is part of the address. */
function ChooseInstant({ hrefAt, at, now }: Choose) {
  return (
    <div data-screen-only data-record-only>
      <Card title="History">
        <form method="get" action={hrefAt()}>
          <Group align="flex-end" gap="xs">
            <TextInput
              type="datetime-local"
              name="asOf"
              label="Instant, in UTC"
              step="0.001"
              required
              size="xs"
              defaultValue={at?.toISOString().slice(0, -1)}
            />
            <Button type="submit" size="xs" variant="default">
              Show that moment
            </Button>
            {at === undefined && (
              <TextLink href={hrefAt(now.toISOString())} size="sm">
                List its changes
              </TextLink>
            )}
          </Group>
        </form>
      </Card>
    </div>
  )
}

/** Every change of the record, each with a link to the page right after it. */
function Changes({ hrefAt, history: { at, changes } }: HistoryProps) {
  return (
    <Card title="Changes to go to">
      <Text size="xs" c="dimmed">
        {changes.length === 0
          ? 'The audit trail has no change of it.'
          : `The newest ${changes.length} changes in the audit trail, each as it stood right after.`}
      </Text>
      <ol className={classes.changes} aria-label="Changes to go to">
        {changes.map((change) => (
          <li key={change.at.toISOString()}>
            <Text size="sm">
              <TextLink
                href={hrefAt(change.at.toISOString())}
                fw={change.at.getTime() <= at.getTime() ? 600 : 400}
              >
                {exactTime(change.at)}
              </TextLink>{' '}
              {changeWords(change)}{' '}
              <Text span size="xs" c="dimmed">
                by <UserText>{change.by}</UserText>
              </Text>
            </Text>
          </li>
        ))}
      </ol>
    </Card>
  )
}

const LimitsOfHistory = ({ children }: { children?: ReactNode }) => (
  <Card title="Limits of this historical view">
    <Stack gap={4}>
      <Text size="sm">
        Rebuilt from the audit trail: the records of that moment, in the layout and wording of
        today's page. Past times of last contact, of the device and of its MDM server, are not kept.
        Bytes that were replaced are kept only as their hash.
      </Text>
      {children}
    </Stack>
  </Card>
)

type NothingProps = {
  /** Such as "T-12". */
  what: string
  status: 'notYet' | 'unknown'
  at: Date
  since: Date
  hrefAt: HrefAt
}

/** Why there is nothing to show for an instant. */
const NothingThen = ({ what, status, at, since, hrefAt }: NothingProps) => (
  <EmptyState
    title={
      status === 'notYet'
        ? `${what} did not exist yet at ${toTheMs(at)}`
        : `What ${what} was at ${toTheMs(at)} is not known`
    }
    action={<TextLink href={hrefAt(since.toISOString())}>Show it at {toTheMs(since)}</TextLink>}
  >
    {status === 'notYet'
      ? `It was created at ${toTheMs(since)}.`
      : `It existed before the audit trail began to record it at ${toTheMs(since)}.`}
  </EmptyState>
)
