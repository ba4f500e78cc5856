import { IconCircleCheckFilled, IconLock, IconSearch } from '@tabler/icons-react'
import type { ReviewState } from '@/lib/domain/review/review'
import { Status, type StatusLook } from '../data/status'

const looks: Record<ReviewState, StatusLook> = {
  inReview: {
    word: 'In review',
    icon: IconSearch,
    color: 'orange',
    meaning: 'Somebody who did not contribute looks at it',
  },
  approved: {
    word: 'Approved',
    icon: IconCircleCheckFilled,
    color: 'green',
    meaning: 'A reviewer has approved the record; nothing more is written to it',
  },
  locked: {
    word: 'Locked',
    icon: IconLock,
    color: 'green',
    meaning: 'Approved and closed; nothing is written to its record',
  },
}

/** How far the review of a trial is. */
export const ReviewStatus = ({ state }: { state: ReviewState }) => <Status look={looks[state]} />

/** The word for a state of the review, for filters. */
