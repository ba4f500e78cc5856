'use client'

import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { unstable_rethrow } from 'next/navigation'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useDraftText } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { noteErrorAction } from './actions'

type Props = { domain: string; code: number; reason: string | undefined }
type No = { reason: string; field?: string | undefined }

const noAnswer: No = {
  reason: 'No answer came from the server. Check whether the note is there, then try again.',
}

/** Opens a small form for one error; what is written stays, with the name of its writer. */
export function NoteForm({ domain, code, reason }: Props) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  const { value: text, set: setText, restored } = useDraftText(`error/${domain} ${code}`)
  const [radar, setRadar] = useState('')
  const [no, setNo] = useState<No>()
  const [busy, start] = useTransition()
  const save = () =>
    start(async () => {
      const result = await noteErrorAction({ domain, code, text, radar }).catch(
        (error: unknown) => {
          // Next sends people to sign-in by throwing.
          unstable_rethrow(error)
          return { status: 'refused' as const, ...noAnswer }
        },
      )
      if (result.status === 'refused') return setNo(result)
      setNo(undefined)
      setText('')
      setRadar('')
      setOpened(false)
    })
  const name = `${domain} ${code}`
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => setOpened(true)}
        disabled={!ready || reason !== undefined}
        title={reason}
        aria-label={`Add a note on ${name}`}
      >
        Add a note
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`A note on ${name}`}>
        <Stack gap="sm">
          <Textarea
            label="What this lab knows about it"
            description="Kept with your name and the time. A later note can correct it."
            autosize
            minRows={3}
            value={text}
            onChange={(event) => {
              setNo(undefined)
              setText(event.currentTarget.value)
            }}
            error={no?.field === 'text' && no.reason}
          />
          <RestoredNote restored={restored} />
          <TextInput
            label="Report to Apple, if there is one"
            placeholder="45414737 or FB12345678"
            value={radar}
            onChange={(event) => {
              setNo(undefined)
              setRadar(event.currentTarget.value)
            }}
            error={no?.field === 'radar' && no.reason}
          />
          {no && no.field === undefined && <Refusal reason={no.reason} />}
          <Group justify="flex-end">
            <Button onClick={save} loading={busy}>
              Save the note
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
