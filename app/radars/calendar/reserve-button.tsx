'use client'

import { Button } from '@mantine/core'
import { useState } from 'react'
import { ReserveModal } from '@/app/reserve-modal'
import { useReady } from '@/components/forms/ready-form'

type Props = {
  radarId: string
  deviceId: string
  labTag: string
  suggested: { reason: string; until: string }
  /** Why this person may not do it. */
  reason: string | undefined
}

/** Reserves a suggested device: what for and until when are filled in. */
export function ReserveButton({ radarId, deviceId, labTag, suggested, reason }: Props) {
  const ready = useReady()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        disabled={!ready || reason !== undefined}
        title={reason}
        aria-label={`Reserve ${labTag}`}
        onClick={() => setAsking(true)}
      >
        Reserve…
      </Button>
      {asking && (
        <ReserveModal
          deviceId={deviceId}
          labTag={labTag}
          suggested={suggested}
          form={`radar/${radarId}/reserve/${deviceId}`}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
