'use client'

import { Button } from '@mantine/core'
import { useState } from 'react'
import { ReasonModal } from '@/components/forms/reason-modal'
import { withdrawLabReportAction } from './actions'

type Props = { id: string; name: string; mayNot: string | undefined }

/** Takes a report out of what pages show, with a reason. */
export function WithdrawButton({ id, name, mayNot }: Props) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={mayNot !== undefined}
        title={mayNot}
        aria-label={`Withdraw…: ${name}`}
        onClick={() => setAsking(true)}
      >
        Withdraw…
      </Button>
      {asking && (
        <ReasonModal
          asked={{
            title: `Withdraw ${name}`,
            hint: 'Its trials are shown nowhere any more. Where an older report of that lab has the same trials, its rows are shown again. The file and your reason stay in the record.',
            verb: 'Withdraw',
            act: (reason) => withdrawLabReportAction({ id, reason }),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
