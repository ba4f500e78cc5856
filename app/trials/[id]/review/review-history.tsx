import { Group, List, ListItem, Paper, Text, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReviewStatus } from '@/components/trial/trial-status'
import type { TrialRecord } from '@/lib/core/record/read-record'
import { foldReview, isReviewed, type ReviewEventKind } from '@/lib/domain/review/review'
import { fieldWords } from './field-words'

const words: Record<ReviewEventKind, string> = {
  queried: 'asked',
  answered: 'answered',
  queryClosed: 'closed the query',
  approved: 'approved',
  locked: 'locked',
  unlocked: 'unlocked',
}

/** The history of a review: each of its entries, in order. */
export function ReviewHistory({ record: { view, reviewEvents } }: { record: TrialRecord }) {
  if (!isReviewed(view.trial)) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Review">
      <Group gap="sm" mb="xs">
        <Title order={2} size="h4">
          Review
        </Title>
        <ReviewStatus state={foldReview(reviewEvents.map(({ kind }) => kind))} />
      </Group>
      {reviewEvents.length === 0 ? (
        <Text size="sm">Nothing had been asked, approved or locked.</Text>
      ) : (
        <List size="sm" spacing={4} aria-label="Entries of the review">
          {reviewEvents.map(
            ({ id, kind, field, queryId, text, byName, byRole, signatureId, at }) => (
              <ListItem key={id}>
                <UserText>{byName}</UserText> ({byRole}) {words[kind]}
                {field !== null && (
                  <>
                    {' '}
                    about <UserText>{fieldWords(view, field)}</UserText> (query {id})
                  </>
                )}
                {queryId !== null && ` (query ${queryId})`}
                {signatureId !== null && `, signature ${signatureId}`} <When at={at} />
                {text && (
                  <>
                    : “<UserText>{text}</UserText>”
                  </>
                )}
              </ListItem>
            ),
          )}
        </List>
      )}
    </Paper>
  )
}
