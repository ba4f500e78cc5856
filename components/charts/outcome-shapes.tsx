'use client'

import { outcomes } from '@/lib/domain/outcome/outcome'
import { box, idOf, OutcomeMark } from './outcome-sign'

/** The marks of all outcomes, drawn once for the tables of a page, which have them in each row. */
export const OutcomeShapes = () => (
  <svg width={0} height={0} style={{ position: 'absolute' }} aria-hidden="true">
    {outcomes.map((outcome) => (
      <symbol key={outcome} id={idOf(outcome)} viewBox={box}>
        <OutcomeMark outcome={outcome} />
      </symbol>
    ))}
  </svg>
)
