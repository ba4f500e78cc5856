import {
  IconArrowBackUp,
  IconBan,
  IconCircleCheckFilled,
  IconEye,
  IconHourglass,
  IconLock,
  IconPencil,
  IconSearch,
  IconShieldLock,
  IconUnlink,
} from '@tabler/icons-react'
import type { ReviewState } from '@/lib/domain/review/review'
import type { TrialState } from '@/lib/domain/trial/trial'
import { type Drawn, Status, type StatusLook } from '../data/status'

const looks: Record<TrialState, StatusLook> = {
  draft: { word: 'Draft', icon: IconPencil, color: 'gray', meaning: 'Everything can be changed' },
  registered: {
    word: 'Registered',
    icon: IconLock,
    color: 'blue',
    meaning: 'The expectation is sealed; the device is reserved',
  },
  armed: {
    word: 'Armed',
    icon: IconShieldLock,
    color: 'orange',
    meaning: 'Ready to be released; can be disarmed',
  },
  released: {
    word: 'Released, on hold',
    icon: IconHourglass,
    color: 'orange',
    meaning: 'What was released leaves when the hold ends; until then it can be cancelled',
  },
  observing: {
    word: 'Observing',
    icon: IconEye,
    color: 'grape',
    meaning: 'What was released may have left: the baseline is consumed',
  },
  concluded: {
    word: 'Concluded',
    icon: IconCircleCheckFilled,
    color: 'green',
    meaning: 'A person has decided the outcome',
  },
  withdrawn: {
    word: 'Withdrawn',
    icon: IconArrowBackUp,
    color: 'gray',
    meaning: 'Withdrawn by an engineer, with a reason',
  },
  void: { word: 'Void', icon: IconBan, color: 'red', meaning: 'Declared not to count by a lead' },
  lost: {
    word: 'Lost',
    icon: IconUnlink,
    color: 'red',
    meaning: 'The OS changed outside the trial',
  },
}

/** The state of a trial. */
export function TrialStatus({ state, drawn }: { state: TrialState } & Drawn) {
  return <Status look={looks[state]} drawn={drawn} />
}

/** The word for a state, for filters and titles. */
export const trialStateWord = (state: TrialState): string => looks[state].word

const reviewLooks: Record<ReviewState, StatusLook> = {
  inReview: {
    word: 'In review',
    icon: IconSearch,
    color: 'orange',
    meaning: 'Somebody who did not contribute reviews it',
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
export const ReviewStatus = ({ state, drawn }: { state: ReviewState } & Drawn) => (
  <Status look={reviewLooks[state]} drawn={drawn} />
)

/** The icons of both, for the `IconShapes` of a table. */
export const trialIcons = [...Object.values(looks), ...Object.values(reviewLooks)].map(
  ({ icon }) => icon,
)

/** The word for a state of the review, for filters. */
