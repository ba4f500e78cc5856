import { Group, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReviewStatus } from '@/components/trial/trial-status'
import type { TrialRecord } from '@/lib/core/record/read-record'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { foldReview, isReviewed, type ReviewEventKind } from '@/lib/domain/review/review'
import { paths } from '@/lib/paths'
import { AskForm, QueryItem } from '../occasional'
import { fieldChoices, fieldWords } from './field-words'
import type { ReviewView } from './review-view'
import { SealButtons } from './seal-buttons'

type Props = {
  review: ReviewView
  view: TrialView
  /** The field whose "ask" was pressed. */
  asked: string | undefined
}

/** The review of a trial: its queries, approvals and locks, and what is still to do. */
export function ReviewCard({ review, view, asked }: Props) {
  const { trialId, state, queries, mayNot } = review
  return (
    <Paper withBorder p="md" component="section" aria-label="Review" id="review">
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={2} size="h4">
            Review
          </Title>
          <ReviewStatus state={state} />
        </Group>
        <Text size="sm">{nextStep(review)}</Text>
        {view.trial.overruled && (
          <Text size="sm" fw={600}>
            A lead decided another outcome than was proposed: compare it with the OS before and
            after, under Outcome.
          </Text>
        )}
        <Text size="xs" c="dimmed">
          Contributors: <UserText>{review.authors.join(', ')}</UserText>. None of them may review
          it.
        </Text>
        <Acts review={review} />
        <LateReplies review={review} />
        <SealButtons trialId={trialId} state={state} mayNot={mayNot} />
        {queries.length > 0 && (
          <Stack component="ol" gap="sm" m={0} p={0} aria-label="Queries" style={plainList}>
            {queries.map((query) => (
              <li key={query.id} id={`query-${query.id}`}>
                <QueryItem
                  trialId={trialId}
                  query={query}
                  about={fieldWords(view, query.field)}
                  mayNot={mayNot}
                />
              </li>
            ))}
          </Stack>
        )}
        {state === 'inReview' && (
          <AskForm
            trialId={trialId}
            choices={fieldChoices(view)}
            asked={asked}
            reason={mayNot.ask}
          />
        )}
      </Stack>
    </Paper>
  )
}

const plainList = { listStyle: 'none' }

function nextStep({ state, open, queries, mayNot }: ReviewView): string {
  if (state === 'locked')
    return 'Locked: nothing is written to its record. Whatever the device reports later is stored separately.'
  if (state === 'approved')
    return `Approved: nothing is written to its record any more. ${mayNot.lock === undefined ? 'Lock it to close the review.' : 'A lead who did not contribute locks it.'}`
  if (open > 0)
    return `${open} of ${queries.length} ${queries.length === 1 ? 'query is' : 'queries are'} open. Each is answered and closed before the trial can be approved.`
  if (mayNot.approve === undefined)
    return 'Check the record, ask about what is not clear, and approve it when nothing is left to ask.'
  return mayNot.ask === undefined
    ? 'Check the record and ask about what is not clear. A lead approves it when nothing is left to ask.'
    : 'A person who did not contribute checks the record, and a lead approves it when nothing is left to ask.'
}

const actWords = { approved: 'Approved', locked: 'Locked' } as const

/** Signatures that are no longer in force stay in the list, and say so. */
function Acts({ review: { acts } }: { review: ReviewView }) {
  if (acts.length === 0) return null
  return (
    <List size="sm" aria-label="Approvals and locks" spacing={4}>
      {acts.map(({ entry, endedBy }) => (
        <ListItem key={entry.id}>
          {entry.kind === 'locked' ? actWords.locked : actWords.approved} by{' '}
          <UserText>{entry.byName}</UserText> ({entry.byRole}) <When at={entry.at} />, signature{' '}
          {entry.signatureId}:{' '}
          {endedBy ? (
            <>
              <b>no longer in force</b>. Unlocked by <UserText>{endedBy.byName}</UserText>{' '}
              <When at={endedBy.at} />: “<UserText>{endedBy.text}</UserText>”
            </>
          ) : (
            <b>in force</b>
          )}
        </ListItem>
      ))}
    </List>
  )
}

function LateReplies({ review: { lateReplies, state } }: { review: ReviewView }) {
  if (lateReplies.length === 0) return null
  return (
    <Text size="sm">
      Arrived after it was {state}, and not part of what was signed:{' '}
      {lateReplies.map(({ id }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <TextLink href={paths.event(id)}>reply {id}</TextLink>
        </span>
      ))}
      .
    </Text>
  )
}

const entryWords: Record<ReviewEventKind, string> = {
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
        <Text size="sm">Nothing had been queried, approved or locked.</Text>
      ) : (
        <List size="sm" spacing={4} aria-label="Entries of the review">
          {reviewEvents.map(
            ({ id, kind, field, queryId, text, byName, byRole, signatureId, at }) => (
              <ListItem key={id}>
                <UserText>{byName}</UserText> ({byRole}) {entryWords[kind]}
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
