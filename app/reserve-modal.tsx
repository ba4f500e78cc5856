'use client'

import { Text, Textarea, TextInput } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote, useDraftText } from '@/components/forms/drafts'
import { useTypedAction } from '@/components/forms/use-action'
import { acceptedHoldEnd } from '@/lib/domain/device/hold'
import { holdDeviceAction } from './reserve-actions'

type Props = {
  deviceId: string
  /** The device by its lab tag, where the page is not about it. */
  labTag?: string
  /** What is filled in, to be changed or confirmed. */
  suggested?: { reason: string; until: string }
  /** Where a draft is kept, unique on all pages. */
  form: string
  onClose: () => void
}

/** Asks what a device is kept for and until when. A refusal is shown at its field, and what was typed stays. */
export function ReserveModal({ deviceId, labTag, suggested, form, onClose }: Props) {
  const action = useTypedAction(form, suggested?.reason)
  const { busy, refusal, problem, run, forget, text: reason, type, restored } = action
  const end = useDraftText(`${form}/until`, suggested?.until)
  return (
    <ConfirmModal
      title={labTag === undefined ? 'Reserve this device' : `Reserve ${labTag}`}
      verb="Reserve"
      busy={busy}
      onConfirm={() =>
        run(
          () => holdDeviceAction({ deviceId, reason, until: end.value }),
          () => {
            end.forget()
            onClose()
          },
        )
      }
      onClose={onClose}
    >
      <Text size="sm">
        No trial can use it before the reservation ends, unless a lead releases it or waives it for
        one trial with a reason.
      </Text>
      <Textarea
        label="Kept for"
        value={reason}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={problem('reason')}
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        withAsterisk
      />
      <TextInput
        type="date"
        label="Until the end of (UTC)"
        description={acceptedHoldEnd.replace(/^./, (first) => first.toUpperCase())}
        value={end.value}
        onChange={({ currentTarget }) => {
          forget()
          end.set(currentTarget.value)
        }}
        error={problem('until')}
        withAsterisk
      />
      {refusal && !['reason', 'until'].includes(refusal.field ?? '') && (
        <Refusal title="Not reserved" reason={refusal.reason}>
          What you typed is still here.
        </Refusal>
      )}
      <RestoredNote restored={restored || end.restored} />
    </ConfirmModal>
  )
}
