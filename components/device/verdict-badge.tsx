import {
  IconCircleCheck,
  IconCircleMinus,
  IconHelpCircle,
  IconOctagonMinus,
} from '@tabler/icons-react'
import type { Overall } from '@/lib/domain/rules/qualify'
import type { Verdict } from '@/lib/domain/rules/rule'
import { type Drawn, Status, type StatusLook } from '../data/status'

const verdictLooks: Record<Verdict, StatusLook> = {
  pass: { word: 'Pass', icon: IconCircleCheck, color: 'green', meaning: 'The rule is met' },
  fail: { word: 'Fail', icon: IconOctagonMinus, color: 'red', meaning: 'The rule is not met' },
  unknown: {
    word: 'Unknown',
    icon: IconHelpCircle,
    color: 'yellow',
    meaning: 'Nothing can be relied on; unknown never passes',
  },
  notApplicable: {
    word: 'Not applicable',
    icon: IconCircleMinus,
    color: 'gray',
    meaning: 'The rule has no meaning on this device',
  },
}

const overallLooks: Record<Overall, StatusLook> = {
  qualified: {
    word: 'Qualified',
    icon: IconCircleCheck,
    color: 'green',
    meaning: 'Every rule is met, and every reading it rests on is fresh',
  },
  notYet: {
    word: 'Incomplete',
    icon: IconHelpCircle,
    color: 'yellow',
    meaning: 'No rule fails, but a reading is missing or stale: query the device',
  },
  no: {
    word: 'Not qualified',
    icon: IconOctagonMinus,
    color: 'red',
    meaning: 'At least one rule fails',
  },
}

/** The icons of `OverallBadge`, for the `IconShapes` of a table. */
export const overallIcons = Object.values(overallLooks).map(({ icon }) => icon)

/** What one rule says of a device. */
export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return <Status look={verdictLooks[verdict]} />
}

/** What all rules together say of a device. */
export function OverallBadge({ overall, drawn }: { overall: Overall } & Drawn) {
  return <Status look={overallLooks[overall]} drawn={drawn} />
}
