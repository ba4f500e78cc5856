import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { benchSteps, type StepTick, sightingWords } from '@/lib/domain/trial/step-tick'

export type ShownTick = {
  id: number
  done: boolean
  /** ISO 8601. */
  at: string
  byName: string
  note: string
  reason: string | undefined
}

/** A step of the protocol, with what the record has about it. */
export type ShownStep = {
  ordinal: number
  doThis: string
  lookAt: string | undefined
  expect: string
  /** The sightings that are expected, in words; empty where none is. */
  expected: string
  tick: ShownTick | undefined
  corrected: ShownTick[]
  difference: string | undefined
}

/** The steps of a trial as the browser gets them. */
export const shownSteps = ({ version, steps, observations }: TrialView): ShownStep[] =>
  benchSteps(version.plan, { steps, observations }).map(
    ({ ordinal, doThis, lookAt, expect, expected, tick, corrected, difference }) => ({
      ...{ ordinal, doThis, lookAt, expect, difference },
      expected: sightingWords(expected),
      tick: tick && shownTick(tick),
      corrected: corrected.map(shownTick),
    }),
  )

const shownTick = ({ id, done, at, byName, note, reason }: StepTick): ShownTick => ({
  ...{ id, done, byName, note, reason },
  at: at.toISOString(),
})
