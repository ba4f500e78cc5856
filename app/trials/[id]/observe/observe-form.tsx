'use client'

import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { type ObservationKind, observationInfo } from '@/lib/domain/trial/observation'
import { observeAction } from '../actions'
import { useServerClock, useTicking } from '../server-clock'
import { CameraButton } from './attach'
import classes from './bench.module.css'
import { Tapped, type useTaps } from './tapped'
import { localText, newNonce } from './typed-time'

type Props = {
  trialId: string
  serverNow: string
  reason: string | undefined
  /** In the order of the buttons. */
  kinds: readonly ObservationKind[]
  /** The taps of this person; undefined for a correction, which records none. */
  taps?: ReturnType<typeof useTaps> | undefined
  differenceOf?: ((kind: ObservationKind) => string | undefined) | undefined
  /** The entry this one puts right. */
  corrects?: { id: number; kind: ObservationKind; text: string; observedAt: string } | undefined
  /** What was logged in an entry with fields; nothing when another press begins. */
  onLogged?: (words?: string, at?: Date) => void
  onDone?: () => void
}

type Draft = { kind: ObservationKind; at: Date; nonce: string }
type EntryProps = Props & { draft: Draft; close: () => void; onEntered: (at: Date) => void }

/**
 * One press takes the time of what was seen and records it after a moment for an undo. What needs a text or an OS version
 * opens an entry, as does a correction. The nonce is made with the press, so that two presses write one row.
 */
export function ObserveForm(props: Props) {
  const { serverNow, reason, corrects, kinds, taps } = props
  const ready = useReady()
  const clock = useServerClock(serverNow)
  const now = useTicking(serverNow)
  const [draft, setDraft] = useState<Draft>()
  const press = (kind: ObservationKind) => {
    props.onLogged?.()
    const nonce = newNonce()
    if (corrects) return setDraft({ kind, at: new Date(corrects.observedAt), nonce })
    if (observationInfo[kind].needs) return setDraft({ kind, at: clock(), nonce })
    taps?.add({ kind, at: clock().toISOString(), nonce })
  }
  const close = () => {
    setDraft(undefined)
    props.onDone?.()
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
        {taps && <CameraButton />}
      </div>
      {taps && (
        <Tapped
          {...taps}
          differenceOf={props.differenceOf}
          onEdit={({ kind, at, nonce }) => setDraft({ kind, at: new Date(at), nonce })}
          serverNow={now ?? new Date(serverNow)}
        />
      )}
      {draft && (
        <Entry
          key={draft.nonce}
          {...props}
          draft={draft}
          close={close}
          onEntered={(at) => {
            props.onLogged?.(observationInfo[draft.kind].label, at)
            close()
          }}
        />
      )}
    </Stack>
  )
}

function Entry({ trialId, draft, corrects, close, onEntered }: EntryProps) {
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
    `trial/${trialId}/observe/${draft.kind}${corrects ? `/${corrects.id}` : ''}`,
    corrects?.text,
  )
  const { label, hint, needs } = observationInfo[draft.kind]
  const [osVersion, setOsVersion] = useState('')
  const [osBuild, setOsBuild] = useState('')
  const [reason, setReason] = useState('')
  const [at, setAt] = useState(localText(draft.at))
  const fields = useRef<HTMLDivElement>(null)
  // On a phone the entry opens below the buttons, out of sight.
  useEffect(() => {
    // Newer browsers return a promise here, which must not become the effect's clean-up.
    fields.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const save = () =>
    run(
      () =>
        observeAction({
          trialId,
          kind: draft.kind,
          text,
          osVersion,
          osBuild,
          reason,
          observedAt: new Date(at),
          nonce: draft.nonce,
          ...(corrects ? { correctsId: corrects.id } : {}),
        }),
      () => onEntered(new Date(at)),
    )
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
      {corrects && (
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
