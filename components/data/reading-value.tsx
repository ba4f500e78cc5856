import { Group, Text } from '@mantine/core'
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
} from '@/lib/domain/reading/reading'
import { withoutKnownWrong } from '@/lib/domain/reading/unreliable-readings'
import { SourceBadge } from './source-badge'
import classes from './status.module.css'
import { UserText } from './text'
import { When } from './when'

type Props<F extends ReadingField> = {
  field: F
  state: DeviceState
  platform: Platform
  maxAges: MaxAges
  now: Date
}

/** One reading as every screen shows it: value, age, source, and whether it still counts. */
export function ReadingValue<F extends ReadingField>(props: Props<F>) {
  const { field, platform, maxAges, now } = props
  const state = withoutKnownWrong(props.state)
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
  const { value, unknownBecause } = reading
  if (value === undefined)
    return (
      <Text span size="sm">
        unknown: <UserText>{unknownBecause ?? 'it was not reported'}</UserText>
      </Text>
    )
  return (
    <Text span size="sm" fw={500} c={dim ? 'dimmed' : undefined}>
      <UserText>{describeReading(field, value)}</UserText>
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
