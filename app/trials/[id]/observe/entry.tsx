'use client'

import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote } from '@/components/forms/drafts'
import { useTypedAction } from '@/components/forms/use-action'
import { type ObservationKind, observationInfo } from '@/lib/domain/trial/observation'
import { useQueueHere } from './queue'
import type { Tap } from './taps'
import { localText, timeTyped } from './typed-time'

/** An entry whose fields are open. */
export type Draft = Pick<
  Tap,
  'nonce' | 'osVersion' | 'osBuild' | 'text' | 'correctsId' | 'reason'
> & {
  kind: ObservationKind
  at: Date
}
type Props = { trialId: string; draft: Draft; onClose: () => void }

/** The fields of an entry that needs more than a press, or corrects another one. */
export function Entry({ trialId, draft, onClose }: Props) {
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
    }, onClose)
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
        <Button variant="default" onClick={onClose} size="md" disabled={busy}>
          Cancel
        </Button>
      </Group>
    </Stack>
  )
}
