'use client'

import { Button, Group, Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { clockTime } from '@/lib/domain/text/instant'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import classes from './bench.module.css'
import { useQueue } from './queue'
import { isTick, type Tap, tapWords } from './taps'

type Props = {
  /** Opens the entry with its fields in place of the tap; undefined once the trial has ended. */
  onEdit?: (tap: Tap) => void
  /** That the open step does not expect it, in words. */
  differenceOf?: ((kind: ObservationKind) => string | undefined) | undefined
  serverNow: Date
  /** The one whose fields are open, which is not shown twice. */
  editing?: string | undefined
}

/** What was tapped or typed and is on its way, with an undo and the way to a note. */
export function Tapped({ onEdit, differenceOf, serverNow, editing }: Props) {
  const queue = useQueue()
  const taps = queue?.taps.filter(({ nonce }) => nonce !== editing) ?? []
  if (!queue || taps.length === 0) return null
  const { offline, isKept, remove, hold, retry } = queue
  return (
    <section aria-label="Tapped">
      {offline && (
        <Text size="sm" role="status">
          {isKept
            ? 'No connection: these are kept in this browser and recorded with their own times later.'
            : 'No connection, and this browser stores nothing: these are lost if this page is closed.'}
        </Text>
      )}
      <div className={classes.tapped}>
        {taps.map((tap) => (
          <OneTap
            key={tap.nonce}
            tap={tap}
            difference={isTick(tap.kind) ? undefined : differenceOf?.(tap.kind)}
            serverNow={serverNow}
            onRemove={() => remove(tap.nonce)}
            onRetry={() => retry(tap.nonce)}
            onEdit={
              onEdit &&
              (() => {
                hold(tap.nonce, true)
                onEdit(tap)
              })
            }
          />
        ))}
      </div>
    </section>
  )
}

type OneProps = {
  tap: Tap
  difference: string | undefined
  serverNow: Date
  onRemove: () => void
  onRetry: () => void
  onEdit: (() => void) | undefined
}

function OneTap({ tap, difference, serverNow, ...act }: OneProps) {
  const { kind, text, osVersion, osBuild, problem, held, sentAt, unanswered } = tap
  const label = tapWords(tap)
  const typed = [osVersion, osBuild, text].filter(Boolean).join(' ')
  const buttons = {
    size: 'compact-md',
    variant: 'default',
    disabled: sentAt !== undefined,
  } as const
  return (
    <Group gap="xs" py={4} role="group" aria-label={label}>
      <Text size="sm">
        <b>{label},</b> {isTick(kind) ? 'at' : 'seen at'} {clockTime(new Date(tap.at), serverNow)}
        {typed && (
          <>
            : <UserText>{typed}</UserText>
          </>
        )}
      </Text>
      {difference && (
        <Text size="sm" c="orange">
          {difference}
        </Text>
      )}
      {problem && (
        <Text size="sm" c="red" role="alert">
          Not recorded: {problem}
        </Text>
      )}
      {unanswered && !problem && (
        <Text size="sm">No answer came: it may be in the record already.</Text>
      )}
      {held && <Text size="sm">Not sent: it was being changed.</Text>}
      {(problem || held) && (
        <Button {...buttons} onClick={act.onRetry}>
          Send it
        </Button>
      )}
      <Button {...buttons} onClick={act.onRemove}>
        {problem ? 'Discard' : 'Undo'}
      </Button>
      {act.onEdit && (problem !== undefined || held || typed !== '' || !isTick(kind)) && (
        <Button {...buttons} onClick={act.onEdit}>
          {problem || typed ? 'Edit' : 'Add a note'}
        </Button>
      )}
    </Group>
  )
}
