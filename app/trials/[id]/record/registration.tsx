import { Paper, Stack, Text, Title } from '@mantine/core'
import { CopyText } from '@/components/data/copy-text'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import type { DeviceState } from '@/lib/domain/reading/reading'
import { minutesInWords } from '../observe/spans'
import { FieldQueries } from '../review/field-queries'
import type { ReviewView } from '../review/review-view'
import { slotWords } from '../slot-words'

/** What was expected, and the seal that shows it was written before. */
export function Registration({
  view,
  state,
  review,
}: {
  view: TrialView
  /** What the device tells now; left out in a view of the past. */
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
          <b>Question:</b> <UserText>{plan.question}</UserText>
          <FieldQueries review={review} field={{ kind: 'protocol' }} />
        </Text>
        <Text size="sm">
          <b>Commands:</b> {plan.slots.map((slot) => slotWords(view, slot, state)).join('; ')}
        </Text>
        <Text size="sm">
          <b>Expected outcome:</b> <UserText>{plan.expectedOutcome}</UserText>, deadline{' '}
          {minutesInWords(plan.deadlineMinutes)} after the release
        </Text>
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
