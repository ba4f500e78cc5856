import type { Outcome, OutcomeShape } from '@/lib/domain/outcome'
import { outcomeInfo } from '@/lib/domain/outcome'
import { colourOf } from './outcome-looks'

const signs: Record<OutcomeShape, string> = {
  circle: '●',
  square: '■',
  triangle: '▲',
  diamond: '◆',
  cross: '✚',
}

/** An outcome with the sign and colour of its dots. */
export function OutcomeKey({ outcome }: { outcome: Outcome }) {
  const { label, shape, explanation } = outcomeInfo[outcome]
  return (
    <span title={explanation}>
      <span style={{ color: colourOf(outcome) }} aria-hidden>
        {signs[shape]}
      </span>{' '}
      {label}
    </span>
  )
}
