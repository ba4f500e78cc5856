import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { changesAround, changeWords, type RecordChange } from '@/lib/domain/record-change'
import { exactTime } from '@/lib/domain/text/exact-time'
import classes from './as-of.module.css'
import { Card } from './card'
import { EmptyState } from './empty-state'
import { TextLink } from './links'
import { UserText } from './text'
import { ExactTimes } from './when'

/** The address of the page at an instant; of the page of today without one. */
export type HrefAt = (asOf?: string) => string

type Props = {
  at: Date
  hrefAt: HrefAt
  /** The newest first. */
  changes: RecordChange[]
  children: ReactNode
}

const toTheMs = (at: Date) => at.toISOString().replace('T', ' ').replace('Z', ' UTC')

/** A page of the past: framed, and with its instant in sight however far one scrolls. */
export function AsOf({ at, hrefAt, changes, children }: Props) {
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
  /** The instant that is shown; undefined on the page of today. */
  at?: Date | undefined
  now: Date
}

/** Where an instant is chosen: in a field, so that it stands in the address. */
export function ChooseInstant({ hrefAt, at, now }: Choose) {
  return (
    <div data-screen-only>
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

/** Every change of the record as a place to go to. */
export function Changes({ changes, hrefAt, at }: Omit<Props, 'children'>) {
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

/** What a page of the past cannot know. */
export const LimitsOfThePast = ({ children }: { children?: ReactNode }) => (
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
  /** In words, such as "T-12". */
  what: string
  status: 'notYet' | 'unknown'
  at: Date
  since: Date
  hrefAt: HrefAt
}

/** Why there is nothing to show of an instant. */
export const NothingThen = ({ what, status, at, since, hrefAt }: NothingProps) => (
  <EmptyState
    title={
      status === 'notYet'
        ? `${what} did not exist yet at ${toTheMs(at)}`
        : `What ${what} was at ${toTheMs(at)} is not known`
    }
    action={<TextLink href={hrefAt(since.toISOString())}>Show it at {toTheMs(since)}</TextLink>}
  >
    {status === 'notYet'
      ? `It was made at ${toTheMs(since)}.`
      : `It was there before the audit trail watched it, which was from ${toTheMs(since)} on.`}
  </EmptyState>
)
