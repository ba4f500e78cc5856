'use client'

import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { askQueryAction } from './actions'
import type { FieldChoice } from './field-words'

type Props = {
  trialId: string
  choices: FieldChoice[]
  asked: string | undefined
  reason: string | undefined
}

/** A query about one field; it is shown beside that field until a reviewer closes it. */
export function AskForm({ trialId, choices, asked, reason }: Props) {
  const {
    busy,
    refusal,
    run,
    forget,
    text,
    type: setText,
    restored,
  } = useTypedAction(`trial/${trialId}/ask`)
  const ready = useReady()
  const [field, setField] = useState<string | null>(null)
  const [taken, setTaken] = useState<string>()
  // The field whose "ask" was pressed last; what has been typed stays.
  if (asked !== undefined && asked !== taken) {
    setTaken(asked)
    if (choices.some(({ value }) => value === asked)) setField(asked)
  }
  const problem = (name: string) => (refusal?.field === name ? refusal.reason : undefined)
  const ask = () =>
    run(
      () => askQueryAction({ trialId, field: field ?? '', text }),
      () => setText(''),
    )
  const off = !ready || reason !== undefined
  return (
    <Stack gap="xs" id="ask" component="fieldset" style={{ border: 0, padding: 0, margin: 0 }}>
      <Select
        label="Ask about"
        placeholder="A field of this trial"
        data={choices}
        value={field}
        onChange={(chosen) => {
          forget()
          setField(chosen)
        }}
        error={problem('field')}
        disabled={off}
        searchable
        allowDeselect={false}
      />
      <Textarea
        label="Question"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={problem('text')}
        disabled={off}
        maxLength={2000}
        autosize
        minRows={2}
      />
      <RestoredNote restored={restored} />
      {refusal && !refusal.field && <Refusal title="Not asked" reason={refusal.reason} />}
      <Group gap="sm">
        <Button variant="default" loading={busy} disabled={off} title={reason} onClick={ask}>
          Ask
        </Button>
        {reason && (
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        )}
      </Group>
    </Stack>
  )
}
