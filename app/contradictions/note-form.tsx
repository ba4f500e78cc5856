'use client'

import { Button, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { noteErrorAction } from './actions'

type Props = { domain: string; code: number; reason: string | undefined }

/** Opens a form for a note on one error code. Notes are kept with their author and never changed. */
export function NoteForm({ domain, code, reason }: Props) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => setOpened(true)}
        disabled={!ready || reason !== undefined}
        title={reason}
        aria-label={`Add a note on ${domain} ${code}`}
      >
        Add a note
      </Button>
      {opened && <NoteModal {...{ domain, code }} onClose={() => setOpened(false)} />}
    </>
  )
}

type ModalProps = Omit<Props, 'reason'> & { onClose(): void }

function NoteModal({ domain, code, onClose }: ModalProps) {
  const action = useTypedAction(`error/${domain} ${code}`)
  const { busy, refusal, problem, run, forget, text, type, restored } = action
  const [radar, setRadar] = useState('')
  return (
    <ConfirmModal
      title={`A note on ${domain} ${code}`}
      verb="Save the note"
      busy={busy}
      onConfirm={() => run(() => noteErrorAction({ domain, code, text, radar }), onClose)}
      onClose={onClose}
    >
      <Textarea
        label="What this lab knows about it"
        description="Kept with your name and the time. A later note can correct it."
        autosize
        minRows={3}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={problem('text')}
      />
      <RestoredNote restored={restored} />
      <TextInput
        label="Report to Apple, if there is one"
        placeholder="45414737 or FB12345678"
        value={radar}
        onChange={({ currentTarget }) => {
          forget()
          setRadar(currentTarget.value)
        }}
        error={problem('radar')}
      />
      {refusal && refusal.field === undefined && <Refusal reason={refusal.reason} />}
    </ConfirmModal>
  )
}
