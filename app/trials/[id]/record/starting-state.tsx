import { Paper, Table, TableTbody, TableTd, TableTh, TableTr, Text, Title } from '@mantine/core'
import { SourceBadge } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import { isNotApplicable, readingFieldNames, readingFields } from '@/lib/domain/reading/reading'
import { minutesInWords } from '../observe/spans'
import { FieldQueries } from '../review/field-queries'
import type { ReviewView } from '../review/review-view'

function ageInWords(releasedAt: Date, answeredAt: string): string {
  const minutes = Math.floor((releasedAt.getTime() - Date.parse(answeredAt)) / 60_000)
  return minutes < 1 ? 'under 1 min' : minutesInWords(minutes)
}

/** The readings as they were frozen at the release, each with its age then and its source. */
export function StartingStateCard({
  view: { trial, device },
  review,
}: {
  view: TrialView
  review: ReviewView | undefined
}) {
  const { startingState, releasedAt } = trial
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
      <Table verticalSpacing={3} horizontalSpacing={6} fz="sm">
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
                        describeReading(reading.field, reading.value as never)}
                  </UserText>
                )}
              </TableTd>
              <TableTd>
                <Text span size="xs" c="dimmed">
                  {ageInWords(releasedAt, reading.answeredAt)}
                </Text>{' '}
                <SourceBadge
                  source={reading.source}
                  by={reading.source === 'typed' ? reading.by : undefined}
                />
              </TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </Table>
    </Paper>
  )
}
