'use client'

import { Button, Stack } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { type ObservationKind, observationInfo } from '@/lib/domain/trial/observation'
import { useServerClock, useTicking } from '../server-clock'
import { CameraButton } from './attach'
import classes from './bench.module.css'
import type { Draft } from './entry'
import { Entry } from './opened'
import { useQueue } from './queue'
import { Tapped } from './tapped'
import { isTick, type Tap } from './taps'
import { newNonce } from './typed-time'

type Props = {
  trialId: string
  /** ISO 8601. */
  serverNow: string
  reason: string | undefined
  /** In the order of the buttons. */
  kinds: readonly ObservationKind[]
  differenceOf?: ((kind: ObservationKind) => string | undefined) | undefined
  /** The entry this one puts right. */
  corrects?: { id: number; kind: ObservationKind; text: string; observedAt: string } | undefined
  /** Opens a tick of the queue in its form. */
  onEditTick?: (tap: Tap) => void
  /** Whether the camera stands among the buttons: files are not kept for later. */
  camera?: boolean
  onDone?: () => void
}

/**
 * One press takes the time of what was seen and records it after a moment for an undo. What needs a text or an OS version
 * opens an entry, as does a correction. The nonce is made with the press, so that two presses write one row.
 */
export function ObserveForm(props: Props) {
  const { serverNow, reason, corrects, kinds, camera = false } = props
  const ready = useReady()
  const clock = useServerClock(serverNow)
  const now = useTicking(serverNow)
  const queue = useQueue()
  const [draft, setDraft] = useState<Draft>()
  const press = (kind: ObservationKind) => {
    const nonce = newNonce()
    if (corrects) {
      const { id, text, observedAt } = corrects
      return setDraft({ kind, at: new Date(observedAt), nonce, text, correctsId: id })
    }
    if (observationInfo[kind].needs) return setDraft({ kind, at: clock(), nonce })
    queue?.tap(kind)
  }
  const close = () => {
    // What was opened from the queue goes on as it was.
    if (draft) queue?.hold(draft.nonce, false)
    setDraft(undefined)
    props.onDone?.()
  }
  const edit = ({ kind, at, ...tap }: Tap) => {
    if (isTick(kind)) props.onEditTick?.({ kind, at, ...tap })
    else setDraft({ ...tap, kind, at: new Date(at) })
  }
  return (
    <Stack gap="sm">
      <div className={classes.sightings} data-entering={draft !== undefined || undefined}>
        {kinds.map((kind) => (
          <Button
            key={kind}
            variant={draft?.kind === kind ? 'filled' : 'default'}
            h={48}
            px={4}
            onClick={() => press(kind)}
            disabled={!ready || reason !== undefined}
            title={reason ?? observationInfo[kind].hint}
            styles={{ label: { whiteSpace: 'normal', lineHeight: 1.2 } }}
          >
            {observationInfo[kind].label}
          </Button>
        ))}
        {camera && <CameraButton />}
      </div>
      {!corrects && (
        <Tapped
          differenceOf={props.differenceOf}
          onEdit={edit}
          editing={draft?.nonce}
          serverNow={now ?? new Date(serverNow)}
        />
      )}
      {draft && <Entry key={draft.nonce} trialId={props.trialId} draft={draft} onClose={close} />}
    </Stack>
  )
}
