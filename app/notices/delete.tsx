'use client'

import { Button, Stack, Text } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { paths } from '@/lib/paths'
import { deleteTargetAction } from './actions'

/** Deletes a receiver, after a question. */
export function DeleteTarget({ targetId, name }: { targetId: string; name: string }) {
  const ready = useReady()
  const router = useRouter()
  const { busy, refusal, run } = useAction()
  const [asked, setAsked] = useState(false)
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">
        What waits for it is not sent any more, and its deliveries leave the list. Changes of the
        receiver stay in the audit trail.
      </Text>
      <Button size="xs" variant="default" disabled={!ready} onClick={() => setAsked(true)}>
        Delete the receiver…
      </Button>
      {asked && (
        <ConfirmModal
          title="Delete this receiver?"
          verb="Delete it"
          color="red"
          busy={busy}
          onConfirm={() =>
            run(
              () => deleteTargetAction(targetId),
              () => router.push(paths.notices()),
            )
          }
          onClose={() => setAsked(false)}
        >
          <Text size="sm">“{name}” gets no notice any more. This cannot be taken back.</Text>
          {refusal && <Refusal title="Not deleted" reason={refusal.reason} />}
        </ConfirmModal>
      )}
    </Stack>
  )
}
