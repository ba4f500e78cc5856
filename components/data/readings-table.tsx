import { Group, Table, TableTbody, TableTd, TableTh, TableTr, Text } from '@mantine/core'
import { IconClockExclamation } from '@tabler/icons-react'
import type { Platform } from '@/lib/domain/device/device'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import {
  type DeviceState,
  goesStaleAt,
  isNotApplicable,
  type MaxAges,
  type Reading,
  type ReadingField,
  readingFieldNames,
  readingFields,
} from '@/lib/domain/reading/reading'
import { withoutKnownWrong } from '@/lib/domain/reading/unreliable-readings'
import type { IssueSet } from '@/lib/domain/rules/rule'
import { TextLink } from './links'
import { SourceBadge } from './status'
import classes from './status.module.css'
import { UserText } from './text'
import { When } from './when'

type Props = {
  state: DeviceState
  platform: Platform
  maxAges: MaxAges
  /** The lab's known issues: readings that are wrong on this OS count as unknown. */
  known: IssueSet
  now: Date
  /** The address of a field's history. */
  historyOf: (field: ReadingField) => string
}

/** Everything a device's state is made of, each reading with its age and source. */
export function ReadingsTable({ platform, maxAges, known, now, historyOf, ...props }: Props) {
  const state = withoutKnownWrong(props.state, { platform, known })
  return (
    <Table aria-label="Readings" layout="fixed">
      <TableTbody>
        {readingFieldNames.map((field) => (
          <TableTr key={field}>
            <TableTh scope="row" fw={500} w="38%" style={{ verticalAlign: 'top' }}>
              <Label
                field={field}
                read={state[field] !== undefined}
                href={historyOf(field)}
                na={isNotApplicable(field, platform)}
              />
            </TableTh>
            <TableTd style={{ overflowWrap: 'anywhere' }}>
              <ReadingValue
                field={field}
                state={state}
                platform={platform}
                maxAges={maxAges}
                now={now}
              />
            </TableTd>
          </TableTr>
        ))}
      </TableTbody>
    </Table>
  )
}

type LabelProps = { field: ReadingField; read: boolean; href: string; na: boolean }

/** Leads to the history, where there is one. */
function Label({ field, read, href, na }: LabelProps) {
  const { label } = readingFields[field]
  if (!read || na) return label
  return (
    <TextLink href={href} size="sm">
      {label}
    </TextLink>
  )
}

type ValueProps<F extends ReadingField> = {
  field: F
  state: DeviceState
  platform: Platform
  maxAges: MaxAges
  now: Date
}

/** One reading as every screen shows it: value, age, source, and whether it still counts. */
function ReadingValue<F extends ReadingField>(props: ValueProps<F>) {
  const { field, state, platform, maxAges, now } = props
  if (isNotApplicable(field, platform)) return <Dim>not applicable to {platform}</Dim>
  const reading: Reading<F> | undefined = state[field]
  if (!reading) return <Dim>never read</Dim>
  const stale = !reading.ageUnknown && goesStaleAt(reading, maxAges) <= now
  return (
    <Group gap="xs" component="span" display="inline-flex" style={{ rowGap: 0 }}>
      <Words field={field} reading={reading} dim={stale || reading.ageUnknown === true} />
      <Dim>
        {reading.ageUnknown ? 'age not known, counts as unknown; imported' : ''}{' '}
        <When at={reading.answeredAt} />
      </Dim>
      <SourceBadge source={reading.source} by={reading.by} />
      {stale && <StaleMark minutes={maxAges[field]} />}
    </Group>
  )
}

type WordsProps<F extends ReadingField> = { field: F; reading: Reading<F>; dim: boolean }

function Words<F extends ReadingField>({ field, reading, dim }: WordsProps<F>) {
  const { value, unknownReason, source } = reading
  if (value === undefined)
    return (
      <Text span size="sm">
        unknown: <UserText>{unknownReason ?? 'it was not reported'}</UserText>
      </Text>
    )
  return (
    <Text span size="sm" fw={500} c={dim ? 'dimmed' : undefined}>
      <UserText>{describeReading(field, value, source)}</UserText>
    </Text>
  )
}

/** Says that a reading is too old to count. */
function StaleMark({ minutes }: { minutes: number }) {
  return (
    <span
      className={classes.mark}
      title={`Older than ${minutes} minutes, so it counts as unknown; query the device`}
    >
      <IconClockExclamation size={14} color="var(--mantine-color-yellow-text)" aria-hidden />
      <span className={classes.small}>stale, counts as unknown</span>
    </span>
  )
}

const Dim = ({ children }: { children: React.ReactNode }) => (
  <Text span size="xs" c="dimmed">
    {children}
  </Text>
)
