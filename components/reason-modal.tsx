'use client'

import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState, useTransition } from 'react'
import type { Refusal } from '@/lib/services/result'

/** A deed that needs a reason. */
export type Asked = {
  title: string
  hint: string
  verb: string
  act: (reason: string) => Promise<{ status: string } | Refusal>
}

const least = 3

/** Asks for the reason and does the deed; a refusal is said here and the reason stays. */
export function ReasonModal({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string>()
  const [pending, start] = useTransition()
  const act = () => {
    if (reason.trim().length < least) return setProblem('Say why, in three characters or more.')
    start(async () => {
      const result = await asked.act(reason)
      if (result.status === 'refused' && 'because' in result) setProblem(result.because)
      else onClose()
    })
  }
  return (
    <Modal opened onClose={onClose} title={asked.title}>
      <Stack gap="sm">
        <Text size="sm">{asked.hint}</Text>
        <Textarea
          label="Reason"
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          error={problem}
          maxLength={500}
          autosize
          minRows={2}
          data-autofocus
          withAsterisk
        />
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
