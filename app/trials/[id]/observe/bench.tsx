'use client'

import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { clockTime } from '@/lib/domain/text/instant'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import { useServerClock, useTicking } from '../server-clock'
import classes from './bench.module.css'
import { ObserveForm } from './observe-form'
import { TickForm } from './opened'
import { useQueueHere } from './queue'
import type { ShownStep } from './shown-steps'
import { clockSpan } from './spans'
import { Steps } from './steps'
import { isTick, type Tap, tapWords } from './taps'

/** What a browser needs to show the bench, also to keep it for when there is no connection. */
export type BenchProps = {
  trialId: string
  /** ISO 8601, as all times here. */
  serverNow: string
  releasedAt: string | undefined
  deadlineAt: string | undefined
  steps: ShownStep[]
  /** In the order in which they are likely now. */
  kinds: ObservationKind[]
  /** What the open step expects; undefined where nothing is compared. */
  open: { step: number; expected: readonly ObservationKind[] } | undefined
  /** Why this person may record nothing. */
  reason: string | undefined
}

type Props = BenchProps & { camera?: boolean }

/** What is done and seen at the bench: the clock, the steps, and a button for each sighting. */
export function Bench({ trialId, releasedAt, deadlineAt, steps, open, ...props }: Props) {
  const { serverNow, reason } = props
  const now = useTicking(serverNow) ?? new Date(serverNow)
  const clock = useServerClock(serverNow)
  const { taps, logged } = useQueueHere()
  const [tick, setTick] = useState<Tap>()
  return (
    <Stack gap="sm">
      <Text size="sm" role="timer" aria-label="Time at the bench" className={classes.clock ?? ''}>
        {clockWords(releasedAt, deadlineAt, now)}
      </Text>
      <Steps isOpen {...{ trialId, steps, reason, serverNow }} />
      <ObserveForm
        {...props}
        trialId={trialId}
        onEditTick={setTick}
        differenceOf={(kind) =>
          open && kind !== 'other' && !open.expected.includes(kind)
            ? `not expected in step ${open.step}`
            : undefined
        }
      />
      {tick?.step !== undefined && (
        <TickForm
          key={tick.nonce}
          {...{ trialId, step: tick.step, tap: tick, corrects: undefined, clock }}
          onClose={() => setTick(undefined)}
        />
      )}
      {/* The timeline is screens away on a phone, and who cannot see it kept logs it twice. */}
      {logged && taps.length === 0 && (
        <Text size="sm" role="status">
          <b>Logged: {tapWords(logged)},</b> {!isTick(logged.kind) && 'seen '}at{' '}
          {clockTime(new Date(logged.at), now)}. It is in the timeline and can be corrected there.
        </Text>
      )}
    </Stack>
  )
}

/** Always one line, also on a phone, so that what is below it never moves. */
function clockWords(
  releasedAt: string | undefined,
  deadlineAt: string | undefined,
  now: Date,
): string {
  if (releasedAt === undefined) return 'Nothing is released yet'
  const since = `${clockSpan(now.getTime() - Date.parse(releasedAt))} since release`
  if (deadlineAt === undefined) return `${since} · not sent yet`
  const left = Date.parse(deadlineAt) - now.getTime()
  return `${since} · ${left > 0 ? `deadline in ${clockSpan(left)}` : 'the deadline has passed'}`
}
