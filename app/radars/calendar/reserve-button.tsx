'use client'

import { Button } from '@mantine/core'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { ReserveModal } from '@/app/reserve-modal'
import { useReady } from '@/components/forms/ready-form'

type Asked = {
  radarId: string
  deviceId: string
  labTag: string
  suggested: { reason: string; until: string }
}

const Ask = createContext<(asked: Asked) => void>(() => undefined)

/**
 * Around the calendar, with the dialog of its buttons: the page follows the lab, and a device that somebody else takes
 * leaves its row. A dialog in that row would close under the hands of who types into it.
 */
export function Reserving({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>()
  return (
    <Ask value={setAsked}>
      {children}
      {asked && (
        <ReserveModal
          deviceId={asked.deviceId}
          labTag={asked.labTag}
          suggested={asked.suggested}
          form={`radar/${asked.radarId}/reserve/${asked.deviceId}`}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Ask>
  )
}

type Props = {
  asked: Asked
  /** Why this person may not do it. */
  reason: string | undefined
}

/** Reserves a suggested device: what for and until when are filled in. */
export function ReserveButton({ asked, reason }: Props) {
  const ready = useReady()
  const ask = useContext(Ask)
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={!ready || reason !== undefined}
      title={reason}
      aria-label={`Reserve ${asked.labTag}`}
      onClick={() => ask(asked)}
    >
      Reserve…
    </Button>
  )
}
