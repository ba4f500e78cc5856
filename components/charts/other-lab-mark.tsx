import { type Outcome, outcomeInfo } from '@/lib/domain/outcome/outcome'
import { shapes } from './outcome-sign'

/** More would be a long row of the same; the number beside them has all. */
const maxMarks = 12

/**
 * Trials of other labs with one outcome: the shape of its family, dashed and empty and without its colour, within a dashed
 * square, so that none is taken for a trial of this lab, in print and in grey too.
 */
export function OtherLabMarks({ outcome, trials }: { outcome: Outcome; trials: number }) {
  const drawn = Math.min(trials, maxMarks)
  return (
    <svg
      width={drawn * 20}
      height={20}
      viewBox={`0 0 ${drawn * 20} 20`}
      aria-hidden="true"
      style={{ verticalAlign: '-5px', maxWidth: '100%' }}
      fill="none"
      stroke="var(--mantine-color-text)"
      strokeDasharray="2 1.5"
    >
      {Array.from({ length: drawn }, (_, place) => (
        <g key={place} transform={`translate(${place * 20 + 10} 10)`}>
          <rect x={-9} y={-9} width={18} height={18} strokeWidth={0.75} />
          <path d={shapes[outcomeInfo[outcome].shape]} strokeWidth={1.25} />
        </g>
      ))}
    </svg>
  )
}
