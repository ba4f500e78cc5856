'use client'

import { Text, Textarea } from '@mantine/core'
import { usePathname } from 'next/navigation'
import type { Refusal } from '@/lib/core/shared/result'
import { isNote, noteLength } from '@/lib/domain/text/reason'
import { ConfirmModal } from './confirm-modal'
import { RestoredNote } from './drafts'
import { useTypedAction } from './use-action'

/** An action that requires a reason. */
export type Asked = {
  title: string
  hint: string
  verb: string
  act: (reason: string) => Promise<{ status: string } | Refusal>
}

const tooShort: Refusal = {
  status: 'refused',
  reason: `Say why, ${noteLength}.`,
  field: 'reason',
}

/** Asks for the reason, then acts. A refusal is shown here, and the typed reason stays. */
export function ReasonModal({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const action = useTypedAction(`${usePathname()}/${asked.verb}`)
  const { busy, refusal, run, text: reason, type, restored } = action
  const act = async () => (isNote(reason) ? asked.act(reason) : tooShort)
  return (
    <ConfirmModal
      title={asked.title}
      verb={asked.verb}
      busy={busy}
      onConfirm={() => run(act, onClose)}
      onClose={onClose}
    >
      <Text size="sm">{asked.hint}</Text>
      <Textarea
        label="Reason"
        value={reason}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={refusal?.reason}
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        withAsterisk
      />
      <RestoredNote restored={restored} />
    </ConfirmModal>
  )
}
