import { Paper, Table, TableTbody, TableTd, TableTh, TableTr, Text, Title } from '@mantine/core'
import { SourceBadge } from '@/components/source-badge'
import { UserText } from '@/components/text'
import type { TrialView } from '@/lib/db/trial-view'
import { describeReading } from '@/lib/domain/describe-reading'
import { isNotApplicable, readingFieldNames, readingFields } from '@/lib/domain/reading'
import { clockSpan } from './spans'

/** The readings as they were frozen at the release, each with its age then and its source. */
export function StartingStateCard({ view: { trial, device } }: { view: TrialView }) {
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
        {typed} of {frozen.length} readings typed by a person
      </Text>
      <Table verticalSpacing={3} horizontalSpacing={6} fz="sm">
        <TableTbody>
          {frozen.map((reading) => (
            <TableTr key={reading.field}>
              <TableTh scope="row" fw={500}>
                {readingFields[reading.field].label}
              </TableTh>
              <TableTd>
                {isNotApplicable(reading.field, device.platform) ? (
                  'not applicable'
                ) : (
                  <UserText>
                    {reading.value === undefined
                      ? `unknown: ${reading.unknownBecause ?? 'not reported'}`
                      : // A reading carries the value of its own field; the union has lost which.
                        describeReading(reading.field, reading.value as never)}
                  </UserText>
                )}
                <Text size="xs" c="dimmed">
                  {clockSpan(releasedAt.getTime() - Date.parse(reading.answeredAt))} old at release{' '}
                  <SourceBadge source={reading.source} by={reading.by} />
                </Text>
              </TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </Table>
    </Paper>
  )
}
