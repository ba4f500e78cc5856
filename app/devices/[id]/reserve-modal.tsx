'use client'

import { Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote } from '@/components/forms/drafts'
import { useTypedAction } from '@/components/forms/use-action'
import { acceptedHoldEnd } from '@/lib/domain/device/hold'
import { holdDeviceAction } from '../actions'

type Props = { deviceId: string; onClose: () => void }

/** Asks what a device is kept for and until when. A refusal is shown at its field, and what was typed stays. */
export function ReserveModal({ deviceId, onClose }: Props) {
  const action = useTypedAction(`device/${deviceId}/reserve`)
  const { busy, refusal, run, text: reason, type, restored } = action
  const [until, setUntil] = useState('')
  const errorOf = (field: string) => (refusal?.field === field ? refusal.reason : undefined)
  return (
    <ConfirmModal
      title="Reserve this device"
      verb="Reserve"
      busy={busy}
      onConfirm={() => run(() => holdDeviceAction({ deviceId, reason, until }), onClose)}
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
        error={errorOf('reason')}
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
        value={until}
        onChange={({ currentTarget }) => setUntil(currentTarget.value)}
        error={errorOf('until')}
        withAsterisk
      />
      {refusal && !['reason', 'until'].includes(refusal.field ?? '') && (
        <Text size="sm" c="red" role="alert">
          {refusal.reason}
        </Text>
      )}
      <RestoredNote restored={restored} />
    </ConfirmModal>
  )
}
