'use client'

import { Button, Group, Text } from '@mantine/core'
import { unstable_rethrow } from 'next/navigation'
import { useCallback, useEffect, useRef, useState, useTransition } from 'react'
import { usePerson } from '@/components/forms/drafts'
import { clockTime } from '@/lib/domain/text/instant'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import { observeAction, tickStepAction } from '../actions'
import classes from './bench.module.css'
import {
  changed,
  keepTaps,
  nextDue,
  readTaps,
  retryMs,
  stepDone,
  type Tap,
  tapWords,
  undoMs,
  without,
} from './taps'

const tickMs = 250

function record({ kind, step = 0, at, nonce }: Tap, trialId: string) {
  const of = { trialId, nonce }
  return kind === stepDone
    ? tickStepAction({ ...of, step, done: true, at: new Date(at), note: '' })
    : observeAction({
        ...{ ...of, kind, observedAt: new Date(at) },
        ...{ text: '', osVersion: '', osBuild: '', reason: '' },
      })
}

/**
 * The taps of this person on a trial, and their way into the record: one at a time, in their order. What the browser has
 * stored counts, because another tab may have the same trial open.
 * @param trialId undefined for a form that records no taps
 */
export function useTaps(trialId: string | undefined, onLogged: (tap: Tap) => void) {
  const person = usePerson()
  const key = person && trialId && `${person}/${trialId}`
  const [taps, setTaps] = useState<Tap[]>([])
  const [sending, start] = useTransition()
  const [offline, setOffline] = useState(false)
  // For a browser that stores nothing.
  const memory = useRef<Tap[]>([])
  const store = useCallback(
    (change: (before: Tap[]) => Tap[]) => {
      if (!key) return
      memory.current = change(readTaps(key) ?? memory.current)
      keepTaps(key, memory.current)
      setTaps(memory.current)
    },
    [key],
  )
  useEffect(() => {
    if (!key) return
    const show = () => setTaps(readTaps(key) ?? memory.current)
    show()
    // Another tab has changed them.
    window.addEventListener('storage', show)
    return () => window.removeEventListener('storage', show)
  }, [key])

  const send = useCallback(
    (tap: Tap, trial: string) =>
      start(async () => {
        const { nonce } = tap
        try {
          const result = await record(tap, trial)
          setOffline(false)
          if (result.status === 'refused')
            return store((before) => changed(before, nonce, { problem: result.reason }))
          store((before) => without(before, nonce))
          onLogged(tap)
        } catch (error) {
          // Next sends people to sign-in by throwing; the tap is sent when they are back.
          unstable_rethrow(error)
          setOffline(true)
          store((before) => changed(before, nonce, { dueAt: Date.now() + retryMs }))
        }
      }),
    [store, onLogged],
  )
  useEffect(() => {
    if (taps.length === 0 || sending || !trialId) return
    const timer = setInterval(() => {
      const due = nextDue(taps, Date.now())
      if (due) send(due, trialId)
    }, tickMs)
    return () => clearInterval(timer)
  }, [taps, sending, send, trialId])

  return {
    taps,
    sending,
    offline,
    add: (tap: Omit<Tap, 'dueAt'>) =>
      store((before) => [...before, { ...tap, dueAt: Date.now() + undoMs }]),
    remove: (nonce: string) => store((before) => without(before, nonce)),
  }
}

type Props = ReturnType<typeof useTaps> & {
  /** Opens the entry with its fields in place of a sighting; undefined once the trial has ended. */
  onEdit?: (tap: Tap & { kind: ObservationKind }) => void
  /** That the open step does not expect it, in words. */
  differenceOf?: ((kind: ObservationKind) => string | undefined) | undefined
  serverNow: Date
}

/** What was tapped and is on its way, with an undo and the way to a note. */
export function Tapped({ taps, sending, offline, remove, onEdit, differenceOf, serverNow }: Props) {
  const [first] = taps
  if (!first) return null
  return (
    <section aria-label="Tapped" className={classes.tapped}>
      {offline && (
        <Text size="sm" role="status">
          No connection: these are kept in this browser and recorded with their own times as soon as
          there is one.
        </Text>
      )}
      {taps.map((tap) => {
        const label = tapWords(tap)
        const { kind } = tap
        const underWay = sending && tap === first
        const difference = kind === stepDone ? undefined : differenceOf?.(kind)
        return (
          <Group key={tap.nonce} gap="xs" py={4} role="group" aria-label={label}>
            <Text size="sm">
              <b>{label},</b> {kind === stepDone ? 'at' : 'seen at'}{' '}
              {clockTime(new Date(tap.at), serverNow)}
            </Text>
            {difference && (
              <Text size="sm" c="orange">
                {difference}
              </Text>
            )}
            {tap.problem && (
              <Text size="sm" c="red" role="alert">
                Not recorded: {tap.problem}
              </Text>
            )}
            <Button
              size="compact-md"
              variant="default"
              disabled={underWay}
              onClick={() => remove(tap.nonce)}
            >
              {tap.problem ? 'Discard' : 'Undo'}
            </Button>
            {onEdit && kind !== stepDone && (
              <Button
                size="compact-md"
                variant="default"
                disabled={underWay}
                onClick={() => {
                  remove(tap.nonce)
                  onEdit({ ...tap, kind })
                }}
              >
                {tap.problem ? 'Edit' : 'Add a note'}
              </Button>
            )}
          </Group>
        )
      })}
    </section>
  )
}

/** Taps that were not in the record when the trial ended: they are sent, and stay with the reason if refused. */
export function LeftTaps({ trialId, serverNow }: { trialId: string; serverNow: string }) {
  const taps = useTaps(trialId, doNothing)
  return <Tapped {...taps} serverNow={new Date(serverNow)} />
}

const doNothing = () => undefined
