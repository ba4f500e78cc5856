import { Paper, Stack, TableTbody, TableTd, TableTh, TableTr, Text, Title } from '@mantine/core'
import { CopyText } from '@/components/data/copy-text'
import { SourceBadge } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialRecord } from '@/lib/core/record/read-record'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { predictionInWords } from '@/lib/domain/outcome/prediction'
import { bookingStateAt, bookingStateInfo } from '@/lib/domain/planning/booking'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import {
  type DeviceState,
  isNotApplicable,
  readingFieldNames,
  readingFields,
} from '@/lib/domain/reading/reading'
import { windowInWords } from '@/lib/domain/text/lab-time'
import { interventionsName } from '@/lib/domain/trial/mechanism'
import { primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { factLines, type StartingFacts } from '@/lib/domain/trial/starting-facts'
import { minutesInWords } from '../observe/spans'
import { RecordTable } from '../occasional'
import { FieldQueries } from '../review/field-queries'
import type { ReviewView } from '../review/review-view'
import { slotWords } from '../slot-words'
import { ArmAsks, ArmAssigned } from './arm'

/** A section of the protocol; nothing where nothing was written. */
const Section = ({ title, text }: { title: string; text: string | undefined }) =>
  text === undefined ? null : (
    <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
      <b>{title}:</b> <UserText>{text}</UserText>
    </Text>
  )

/** When the device of a trial was booked for it: "Erin, 2026-11-30 09:30 to 12:00 UTC; current: …" */
export function bookingInWords({ booking, settings }: TrialRecord, at: Date): string | undefined {
  if (!booking) return undefined
  const { word, meaning } = bookingStateInfo[bookingStateAt(booking, at)]
  const window = windowInWords(booking.startsAt, booking.endsAt, settings.timeZone)
  return `${booking.bookedByName}, ${window}; ${word}: ${meaning}`
}

/** What was expected, and the seal that shows it was written before the trial. */
export function Registration({
  view,
  state,
  review,
  booking,
}: {
  view: TrialView
  /** When its device was booked for it, in words. */
  booking?: string | undefined
  /** What the device reports now; left out in a history. */
  state?: DeviceState
  review: ReviewView | undefined
}) {
  const { trial, version } = view
  const { plan } = version
  return (
    <Paper withBorder p="md" component="section" aria-label="Registration">
      <Stack gap={6}>
        <Title order={2} size="h4">
          Registration
        </Title>
        <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          <b>Expectation:</b> <UserText>{trial.expectation}</UserText>
          <FieldQueries review={review} field={{ kind: 'expectation' }} />
        </Text>
        <Text size="sm">
          <b>Predicted outcome:</b>{' '}
          {trial.prediction ? predictionInWords(trial.prediction) : 'none'}
        </Text>
        <Text size="sm">
          <b>Question:</b> <UserText>{plan.question}</UserText>
          <FieldQueries review={review} field={{ kind: 'protocol' }} />
        </Text>
        <ArmAsks view={view} />
        <ArmAssigned view={view} />
        <Section title="Hypothesis" text={plan.hypothesis} />
        <Section title="Inclusion beyond the rules" text={plan.inclusion} />
        <Section title="Exclusion beyond the rules" text={plan.exclusion} />
        <Section title="Stop rule" text={plan.stopRule} />
        <Text size="sm">
          <b>{interventionsName(plan)}:</b>{' '}
          {plan.slots.map((slot) => slotWords(view, slot, state)).join('; ')}
        </Text>
        <Text size="sm">
          <b>Primary outcome:</b> {primaryOutcomeInfo[version.primaryOutcome].label}, where{' '}
          {primaryOutcomeInfo[version.primaryOutcome].countsWhere}
        </Text>
        <Text size="sm">
          <b>Expected outcome:</b> <UserText>{plan.expectedOutcome}</UserText>, deadline{' '}
          {minutesInWords(plan.deadlineMinutes)} after the release
        </Text>
        {booking && (
          <Text size="sm">
            <b>Booking:</b> <UserText>{booking}</UserText>
          </Text>
        )}
        {trial.registrationHash && trial.registeredAt ? (
          <>
            <Text size="sm">
              Sealed by <UserText>{trial.registeredBy}</UserText> <When at={trial.registeredAt} />
              <FieldQueries review={review} field={{ kind: 'registration' }} />
            </Text>
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              SHA-256 <code>{trial.registrationHash}</code>{' '}
              <CopyText label="Copy the registration hash" text={trial.registrationHash} />
            </Text>
          </>
        ) : (
          <Text size="sm" c="dimmed">
            Not sealed yet.
          </Text>
        )}
      </Stack>
    </Paper>
  )
}

function ageInWords(releasedAt: Date, answeredAt: string): string {
  const minutes = Math.floor((releasedAt.getTime() - Date.parse(answeredAt)) / 60_000)
  return minutes < 1 ? 'under 1 min' : minutesInWords(minutes)
}

/** The readings as they were at the release, each with its age then and its source. */
export function StartingStateCard({
  view: { trial, device },
  review,
}: {
  view: TrialView
  review: ReviewView | undefined
}) {
  const { startingState, startingFacts, releasedAt } = trial
  if (!startingState || !releasedAt) return null
  const frozen = readingFieldNames.flatMap((field) => {
    const reading = startingState[field]
    return reading ? [{ ...reading, field }] : []
  })
  const typed = frozen.filter(({ source }) => source === 'typed').length
  return (
    <Paper withBorder p="md" component="section" aria-label="Starting state">
      <Title order={2} size="h4">
        Starting state
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {typed} of {frozen.length} readings entered by a person. Ages are those at the release,{' '}
        <When at={releasedAt} exact />.
      </Text>
      <RecordTable>
        <TableTbody>
          {frozen.map((reading) => (
            <TableTr key={reading.field}>
              <TableTh scope="row" fw={500}>
                {readingFields[reading.field].label}
                <FieldQueries
                  review={review}
                  field={{ kind: 'startingState', reading: reading.field }}
                />
              </TableTh>
              <TableTd style={{ overflowWrap: 'anywhere' }}>
                {isNotApplicable(reading.field, device.platform) ? (
                  'not applicable'
                ) : (
                  <UserText>
                    {reading.value === undefined
                      ? `unknown: ${reading.unknownReason ?? 'not reported'}`
                      : // A reading carries the value of its own field; the union has lost which.
                        describeReading(reading.field, reading.value as never, reading.source)}
                  </UserText>
                )}
              </TableTd>
              <TableTd>
                <Text span size="xs" c="dimmed">
                  {ageInWords(releasedAt, reading.answeredAt)}
                </Text>{' '}
                <SourceBadge
                  source={reading.source}
                  by={['typed', 'usb'].includes(reading.source) ? reading.by : undefined}
                />
              </TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </RecordTable>
      {startingFacts && <Facts facts={startingFacts} />}
    </Paper>
  )
}

/** What the device was besides its readings. */
const Facts = ({ facts }: { facts: StartingFacts }) => (
  <RecordTable aria-label="About the device" mt="xs">
    <TableTbody>
      {factLines(facts).map(({ label, words, by, at }) => (
        <TableTr key={label}>
          <TableTh scope="row" fw={500} w="38%">
            <UserText>{label}</UserText>
          </TableTh>
          <TableTd style={{ overflowWrap: 'anywhere' }}>
            <UserText>{words}</UserText>
          </TableTd>
          <TableTd>
            {at && (
              <Text span size="xs" c="dimmed">
                <When at={new Date(at)} /> by <UserText>{by}</UserText>
              </Text>
            )}
          </TableTd>
        </TableTr>
      ))}
    </TableTbody>
  </RecordTable>
)
