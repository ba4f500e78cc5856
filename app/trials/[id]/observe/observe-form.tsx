'use client'

import { Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useCallback, useEffect, useRef, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { clockTime } from '@/lib/domain/text/instant'
import {
  type ObservationKind,
  observationInfo,
  observationKinds,
} from '@/lib/domain/trial/observation'
import { observeAction } from '../actions'
import { useServerClock, useTicking } from '../server-clock'
import { clockSpan } from './spans'
import { Tapped, useTaps } from './tapped'
import type { Tap } from './taps'

type Props = {
  trialId: string
  serverNow: string
  deadlineAt: string | undefined
  reason: string | undefined
  /** The entry this one puts right. */
  corrects?: { id: number; kind: ObservationKind; text: string; observedAt: string } | undefined
  onDone?: () => void
}

type Draft = { kind: ObservationKind; at: Date; nonce: string }
type Logged = { kind: ObservationKind; at: Date }
type EntryProps = Props & { draft: Draft; close: () => void; onLogged: (at: Date) => void }

/**
 * One press takes the time of what was seen and records it after a moment for an undo. What needs a text or an OS version
 * opens an entry, as does a correction. The nonce is made with the press, so that two presses write one row.
 */
export function ObserveForm(props: Props) {
  const { serverNow, deadlineAt, reason, corrects } = props
  const ready = useReady()
  const clock = useServerClock(serverNow)
  const now = useTicking(serverNow)
  const [draft, setDraft] = useState<Draft>()
  const [logged, setLogged] = useState<Logged>()
  const onLogged = useCallback(({ kind, at }: Tap) => setLogged({ kind, at: new Date(at) }), [])
  const taps = useTaps(corrects ? undefined : props.trialId, onLogged)
  const press = (kind: ObservationKind) => {
    setLogged(undefined)
    const nonce = newNonce()
    if (corrects) return setDraft({ kind, at: new Date(corrects.observedAt), nonce })
    if (observationInfo[kind].needs) return setDraft({ kind, at: clock(), nonce })
    taps.add({ kind, at: clock().toISOString(), nonce })
  }
  const close = () => {
    setDraft(undefined)
    props.onDone?.()
  }
  return (
    <Stack gap="sm">
      {!corrects && (
        <Text size="sm" role="timer" aria-label="Time until the deadline">
          {deadlineWords(deadlineAt, now ?? new Date(serverNow))}
        </Text>
      )}
      <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }} spacing="xs">
        {observationKinds.map((kind) => (
          <Button
            key={kind}
            variant={draft?.kind === kind ? 'filled' : 'default'}
            h={48}
            px="xs"
            onClick={() => press(kind)}
            disabled={!ready || reason !== undefined}
            title={reason ?? observationInfo[kind].hint}
            styles={{ label: { whiteSpace: 'normal', lineHeight: 1.2 } }}
          >
            {observationInfo[kind].label}
          </Button>
        ))}
      </SimpleGrid>
      {!corrects && (
        <Tapped
          {...taps}
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
          onLogged={(at) => {
            setLogged({ kind: draft.kind, at })
            close()
          }}
        />
      )}
      {/* The timeline is screens away on a phone, and who cannot see it kept logs it twice. */}
      {logged && (
        <Text size="sm" role="status">
          <b>Logged: {observationInfo[logged.kind].label},</b> seen at{' '}
          {clockTime(logged.at, clock())}. It is in the timeline and can be corrected there.
        </Text>
      )}
    </Stack>
  )
}

/** Always a line, so that the buttons below it never move. */
function deadlineWords(deadlineAt: string | undefined, now: Date): string {
  if (deadlineAt === undefined) return 'No deadline until a command is sent'
  const left = Date.parse(deadlineAt) - now.getTime()
  return left > 0 ? `Deadline in ${clockSpan(left)}` : 'The deadline has passed'
}

/** A version 4 UUID. A phone reaches the lab by plain http, where browsers have no crypto.randomUUID. */
function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** A Date as a datetime-local field shows it, to the second, in the reader's own zone. */
function localText(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}

function Entry({ trialId, draft, corrects, close, onLogged }: EntryProps) {
  const {
    busy,
    refusal,
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
      () => onLogged(new Date(at)),
    )
  const problem = (field: string) => (refusal?.field === field ? refusal.reason : undefined)
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
