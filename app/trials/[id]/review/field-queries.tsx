import { Anchor } from '@mantine/core'
import { IconMessageCircleQuestion, IconMessageQuestion } from '@tabler/icons-react'
import { Link } from '@/components/data/link'
import { isOpenQuery } from '@/lib/domain/review/review'
import { fieldLabel, fieldPath, type ReviewField } from '@/lib/domain/review/review-field'
import { paths } from '@/lib/paths'
import classes from './review.module.css'
import type { ReviewView } from './review-view'

type Props = { review: ReviewView | undefined; field: ReviewField }

/** Beside a field: what was asked about it, and the way to ask. Nothing for a trial without a review. */
export function FieldQueries({ review, field }: Props) {
  if (!review) return null
  const path = fieldPath(field)
  const own = review.queries.filter((query) => query.field === path)
  return (
    <>
      {own.map((query) => (
        <Anchor key={query.id} href={`#query-${query.id}`} className={classes.mark}>
          <IconMessageCircleQuestion size={14} aria-hidden />
          {isOpenQuery(query) ? 'open query' : 'query closed'}
        </Anchor>
      ))}
      {review.mayNot.ask === undefined && (
        <Link
          href={`${paths.trial(review.trialId, { ask: path })}#ask`}
          className={classes.ask}
          title={`Ask about: ${fieldLabel(field)}`}
          aria-label={`Ask about: ${fieldLabel(field)}`}
          prefetch={false}
        >
          <IconMessageQuestion size={15} aria-hidden />
        </Link>
      )}
    </>
  )
}
