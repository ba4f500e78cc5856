'use client'

import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { useReady } from '@/components/forms/ready-form'
import { TextButton } from '@/components/forms/text-button'
import { useServerClock } from '../server-clock'
import classes from './bench.module.css'
import { TickForm } from './opened'
import { useQueue } from './queue'
import type { ShownStep, ShownTick } from './shown-steps'
import { isTick, stepDone } from './taps'

type Props = {
  trialId: string
  steps: readonly ShownStep[]
  /** False once the trial has ended: then entries are only corrected. */
  isOpen?: boolean
  /** Why this person may tick nothing off. */
  reason: string | undefined
  /** ISO 8601. */
  serverNow: string
}

/** What is to be done, ticked off with who and when, and what was seen set against what is expected. */
export function Steps({ steps, ...props }: Props) {
  const current = steps.find(({ tick }) => tick === undefined)
  const before = steps.findLast(({ tick, difference }) => tick && difference)
  if (steps.length === 0) return null
  return (
    <div>
      <ol className={classes.steps} aria-label="Steps of the protocol">
        {steps.map((step) => (
          <li
            key={step.ordinal}
            className={classes.step}
            data-current={step === current || undefined}
          >
            <Step step={step} count={steps.length} {...props} />
          </li>
        ))}
      </ol>
      {!current && (
        <Text size="sm" data-bench-only>
          All {steps.length} steps are settled.
        </Text>
      )}
      {before && (
        <Text size="sm" c="orange" className={classes.line ?? ''} data-bench-only>
          Step {before.ordinal}: {before.difference}
        </Text>
      )}
    </div>
  )
}

type StepProps = Omit<Props, 'steps'> & { step: ShownStep; count: number }

function Step({ step, count, trialId, isOpen = false, reason, serverNow }: StepProps) {
  const { ordinal, doThis, lookAt, expect, expected, tick, corrected, difference } = step
  const ready = useReady()
  const [asking, setAsking] = useState(false)
  const clock = useServerClock(serverNow)
  const queue = useQueue()
  // A correction, or what the buttons would enter once more.
  const waits = queue?.taps.some((tap) => isTick(tap.kind) && tap.step === ordinal)
  return (
    <>
      <Text size="sm" className={classes.words ?? ''}>
        <b>
          Step {ordinal} of {count}:
        </b>{' '}
        <UserText>{doThis}</UserText>
        {lookAt && (
          <>
            {' '}
            Look at: <UserText>{lookAt}</UserText>
          </>
        )}
      </Text>
      {(expect || expected) && (
        <Text size="sm" c="dimmed" className={classes.line ?? ''}>
          expected: <UserText>{expect}</UserText>
          {expected && ` Sightings: ${expected}.`}
        </Text>
      )}
      {difference && (
        <Text size="sm" c="orange" role="status" className={classes.line ?? ''}>
          {difference}
        </Text>
      )}
      {corrected.map((one) => (
        <Text key={one.id} size="xs" c="dimmed">
          <span className={classes.struck}>
            <Ticked tick={one} />
          </span>
        </Text>
      ))}
      {tick ? (
        <Text size="sm">
          <Ticked tick={tick} />{' '}
          {reason === undefined && !waits && (
            <TextButton onClick={() => setAsking(true)}>correct</TextButton>
          )}
        </Text>
      ) : !isOpen ? (
        <Text size="sm">Not ticked off</Text>
      ) : (
        <Group gap="xs" mt={4} data-screen-only>
          <Button
            h={44}
            onClick={() => queue?.tap(stepDone, ordinal)}
            disabled={!ready || waits || reason !== undefined}
            title={reason}
          >
            Done
          </Button>
          <Button
            h={44}
            variant="subtle"
            onClick={() => setAsking(true)}
            disabled={!ready || waits || reason !== undefined}
            title={reason}
          >
            Not done…
          </Button>
        </Group>
      )}
      {asking && (
        <TickForm
          onClose={() => setAsking(false)}
          {...{ trialId, step: ordinal, corrects: tick, clock }}
        />
      )}
    </>
  )
}

const Ticked = ({ tick: { done, at, byName, note, reason } }: { tick: ShownTick }) => (
  <>
    <b>{done ? 'Done' : 'Not done'}</b> <When at={at} /> by <UserText>{byName}</UserText>
    {note && (
      <>
        : <UserText>{note}</UserText>
      </>
    )}
    {reason && (
      <>
        . Corrected: <UserText>{reason}</UserText>
      </>
    )}
  </>
)
