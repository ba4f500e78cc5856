import type { ReactNode } from 'react'
import { type Outcome, type OutcomeShape, outcomeInfo } from '@/lib/domain/outcome/outcome'
import { type Seen, seenInfo } from '@/lib/domain/statistics/counted'
import classes from './charts.module.css'

/** Readable on light and dark ground; the shape says the family, so a chart reads without colour. */
const colours: Record<Outcome, string> = {
  installedAsExpected: 'green-6',
  installedAfterUserAction: 'teal-6',
  installedDespiteError: 'lime-7',
  startedAlthoughScheduled: 'cyan-7',
  wrongVersionInstalled: 'orange-6',
  downloadedOnly: 'blue-6',
  promptNotAccepted: 'indigo-5',
  promptNeverShown: 'violet-6',
  acknowledgedNothingHappened: 'grape-6',
  refused: 'red-6',
  notNowUntilDeadline: 'yellow-7',
  noReplyDocumented: 'pink-5',
  noReplyUndocumented: 'pink-7',
  deviceUnusable: 'red-8',
  censoredAtDeadline: 'gray-6',
  lost: 'yellow-8',
  voidOperator: 'gray-6',
  voidInfrastructure: 'blue-5',
}

const colourOf = (outcome: Outcome): string => `var(--mantine-color-${colours[outcome]})`

/** Around 0,0 and about 11 wide, so that all shapes look equally heavy. */
export const shapes: Record<OutcomeShape, string> = {
  circle: 'M5,0A5,5 0 1 1 -5,0A5,5 0 1 1 5,0Z',
  square: 'M-4.5,-4.5H4.5V4.5H-4.5Z',
  triangle: 'M0,-5.5L5.5,4.5H-5.5Z',
  diamond: 'M0,-6L5.5,0L0,6L-5.5,0Z',
  cross: 'M-2,-5.5H2V-2H5.5V2H2V5.5H-2V2H-5.5V-2H-2Z',
}

/**
 * The mark of an outcome, for a chart. Hollow where the trial stands in no numerator or denominator; in a
 * ring where a lead decided it against the proposal.
 */
export function OutcomeMark({ outcome, overruled }: { outcome: Outcome; overruled?: boolean }) {
  const { shape, counts } = outcomeInfo[outcome]
  const colour = colourOf(outcome)
  return (
    <>
      {overruled && <OverruledRing />}
      <path
        d={shapes[shape]}
        fill={counts === 'leftOut' ? 'var(--mantine-color-body)' : colour}
        stroke={colour}
        strokeWidth={1.5}
      />
    </>
  )
}

const seenLooks: Record<Seen, { shape: OutcomeShape; colour: string }> = {
  seen: { shape: 'circle', colour: 'teal-6' },
  notSeen: { shape: 'cross', colour: 'red-6' },
  unknown: { shape: 'diamond', colour: 'gray-6' },
  impossible: { shape: 'square', colour: 'gray-6' },
  void: { shape: 'triangle', colour: 'gray-6' },
}

/** The mark of a trial by whether it shows what is counted; hollow where it is not counted. */
export function SeenMark({ seen }: { seen: Seen }) {
  const { shape, colour } = seenLooks[seen]
  const stroke = `var(--mantine-color-${colour})`
  const fill = seenInfo[seen].counts ? stroke : 'var(--mantine-color-body)'
  return <path d={shapes[shape]} fill={fill} stroke={stroke} strokeWidth={1.5} />
}

const OverruledRing = () => (
  <circle r={9} fill="none" stroke="var(--mantine-color-text)" strokeWidth={1.25} />
)

/** What the ring around a mark says. */
export const OverruledKey = () => (
  <span title="A lead decided another outcome than was proposed">
    <svg
      width={20}
      height={20}
      viewBox="-10 -10 20 20"
      aria-hidden="true"
      style={{ verticalAlign: '-5px' }}
    >
      <OverruledRing />
    </svg>{' '}
    overruled by a lead
  </span>
)

/** Around 0,0, as all shapes are. */
export const box = '-7 -7 14 14'
/** The `id` of the mark of an outcome in `OutcomeShapes`. */
export const idOf = (outcome: Outcome) => `outcome-${outcome}`

/** An outcome in words with the mark of its dots. With `drawn`, the mark stands in the `OutcomeShapes` of the same page. */
export function OutcomeKey({ outcome, drawn }: { outcome: Outcome; drawn?: boolean }) {
  const { label, explanation, counts } = outcomeInfo[outcome]
  return (
    <span title={explanation}>
      {drawn ? (
        <svg className={classes.key} aria-hidden="true">
          <use href={`#${idOf(outcome)}`} />
        </svg>
      ) : (
        <KeyMark>
          <OutcomeMark outcome={outcome} />
        </KeyMark>
      )}{' '}
      {label}
      {counts === 'leftOut' && ' (not counted)'}
    </span>
  )
}

/** Whether what is counted was seen, in words with the mark of its dots. */
export const SeenKey = ({ seen }: { seen: Seen }) => (
  <span>
    <KeyMark>
      <SeenMark seen={seen} />
    </KeyMark>{' '}
    {seenInfo[seen].label}
    {!seenInfo[seen].counts && ' (not counted)'}
  </span>
)

const KeyMark = ({ children }: { children: ReactNode }) => (
  <svg viewBox={box} aria-hidden="true" className={classes.key}>
    {children}
  </svg>
)
