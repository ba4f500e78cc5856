'use client'

import { Button, Popover, PopoverDropdown, PopoverTarget } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { askAction } from '../actions'

type Props = { trialId: string; reason: string | undefined }

/** Queries the device; the query is in the timeline at once. */
export function AskButton({ trialId, reason }: Props) {
  const { busy, refusal, run, forget } = useAction()
  const ready = useReady()
  return (
    <Popover
      opened={refusal !== undefined}
      onDismiss={forget}
      position="bottom-end"
      width={320}
      withRoles={false}
      withinPortal
    >
      <PopoverTarget>
        <Button
          variant="default"
          onClick={() => run(() => askAction({ trialId }))}
          loading={busy}
          disabled={!ready || reason !== undefined}
          title={reason}
        >
          Query device
        </Button>
      </PopoverTarget>
      {/* Over the page: a refusal moves no button of the bench from under a finger. */}
      <PopoverDropdown p={0}>
        {refusal && <Refusal title="Not queried" reason={refusal.reason} />}
      </PopoverDropdown>
    </Popover>
  )
}
