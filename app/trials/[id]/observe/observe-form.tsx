'use client'

import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { type ObservationKind, observationInfo } from '@/lib/domain/trial/observation'
import { useServerClock, useTicking } from '../server-clock'
import { CameraButton } from './attach'
import classes from './bench.module.css'
import { useQueue, useQueueHere } from './queue'
import { Tapped } from './tapped'
import { isTick, type Tap } from './taps'
import { localText, newNonce, timeTyped } from './typed-time'

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

/** An entry whose fields are open. */
type Draft = Pick<Tap, 'nonce' | 'osVersion' | 'osBuild' | 'text' | 'correctsId' | 'reason'> & {
  kind: ObservationKind
  at: Date
}
type EntryProps = Props & { draft: Draft; close: () => void }

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
      {draft && <Entry key={draft.nonce} {...props} draft={draft} close={close} />}
    </Stack>
  )
}

function Entry({ trialId, draft, close }: EntryProps) {
  const { kind, nonce, correctsId } = draft
  const { enter } = useQueueHere()
  const {
    busy,
    refusal,
    problem,
    run,
    forget,
    text,
    type: setText,
    restored,
  } = useTypedAction(
    `trial/${trialId}/observe/${kind}${correctsId === undefined ? '' : `/${correctsId}`}`,
    draft.text,
  )
  const { label, hint, needs } = observationInfo[kind]
  const [osVersion, setOsVersion] = useState(draft.osVersion ?? '')
  const [osBuild, setOsBuild] = useState(draft.osBuild ?? '')
  const [reason, setReason] = useState(draft.reason ?? '')
  const [at, setAt] = useState(localText(draft.at))
  const fields = useRef<HTMLDivElement>(null)
  // On a phone the entry opens below the buttons, out of sight.
  useEffect(() => {
    // Newer browsers return a promise here, which must not become the effect's clean-up.
    fields.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const save = () =>
    run(() => {
      const typed = { text, osVersion, osBuild, reason, correctsId }
      return enter({ kind, at: timeTyped(at, draft.at), nonce, ...typed })
    }, close)
  return (
    <Stack
      gap="xs"
      component="fieldset"
      ref={fields}
      style={{ border: 0, padding: 0, margin: 0, scrollMarginBlock: 88 }}
    >
      <Text size="sm">
        <b>{label}.</b> {hint}
      </Text>
      <TextInput
        type="datetime-local"
        step={1}
        label="Seen at"
        description="In your time zone; stored in UTC"
        value={at}
        onChange={({ currentTarget }) => {
          forget()
          setAt(currentTarget.value)
        }}
        error={problem('observedAt')}
      />
      {needs === 'osVersion' && (
        <Group grow align="flex-start">
          <TextInput
            label="OS version"
            placeholder="12.1"
            value={osVersion}
            onChange={({ currentTarget }) => {
              forget()
              setOsVersion(currentTarget.value)
            }}
            error={problem('osVersion')}
            withAsterisk
          />
          <TextInput
            label="Build, if shown"
            placeholder="16B92"
            value={osBuild}
            onChange={({ currentTarget }) => {
              forget()
              setOsBuild(currentTarget.value)
            }}
            error={problem('osBuild')}
          />
        </Group>
      )}
      <Textarea
        label={needs === 'text' ? 'What was seen' : 'Note'}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={problem('text')}
        autosize
        minRows={1}
        maxLength={2000}
        withAsterisk={needs === 'text'}
      />
      <RestoredNote restored={restored} />
      {correctsId !== undefined && (
        <TextInput
          label="Reason for the correction"
          value={reason}
          onChange={({ currentTarget }) => {
            forget()
            setReason(currentTarget.value)
          }}
          error={problem('reason')}
          withAsterisk
        />
      )}
      {refusal && !refusal.field && <Refusal title="Not logged" reason={refusal.reason} />}
      <Group>
        <Button onClick={save} loading={busy} size="md">
          Log it
        </Button>
        <Button variant="default" onClick={close} size="md" disabled={busy}>
          Cancel
        </Button>
      </Group>
    </Stack>
  )
}
