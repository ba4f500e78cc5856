'use client'

import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { usePathname } from 'next/navigation'
import { useState, useTransition } from 'react'
import type { Refusal } from '@/lib/core/shared/result'
import { isNote, noteLength } from '@/lib/domain/text/reason'
import { RestoredNote, useDraftText } from './drafts'

/** An action that requires a reason. */
export type Asked = {
  title: string
  hint: string
  verb: string
  act: (reason: string) => Promise<{ status: string } | Refusal>
}

/** Asks for the reason, then acts. A refusal is shown here, and the typed reason stays. */
export function ReasonModal({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const {
    value: reason,
    set: setReason,
    restored,
    forget,
  } = useDraftText(`${usePathname()}/${asked.verb}`)
  const [problem, setProblem] = useState<string>()
  const [pending, start] = useTransition()
  const act = () => {
    if (!isNote(reason)) return setProblem(`Say why, ${noteLength}.`)
    start(async () => {
      const result = await asked.act(reason)
      if (result.status === 'refused' && 'reason' in result) setProblem(result.reason)
      else {
        forget()
        onClose()
      }
    })
  }
  return (
    <Modal opened onClose={onClose} title={asked.title}>
      <Stack gap="sm">
        <Text size="sm">{asked.hint}</Text>
        <Textarea
          label="Reason"
          value={reason}
          onChange={({ currentTarget }) => {
            setProblem(undefined)
            setReason(currentTarget.value)
          }}
          error={problem}
          maxLength={500}
          autosize
          minRows={2}
          data-autofocus
          withAsterisk
        />
        <RestoredNote restored={restored} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={act} loading={pending}>
            {asked.verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
