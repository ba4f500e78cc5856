'use client'

import { Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { opened } from '@/components/forms/opened'
import { useReady } from '@/components/forms/ready-form'
import type { Unblinding } from '@/lib/domain/review/second-reading'

const ReadModal = opened(() => import('./second-reader-modals').then((file) => file.ReadModal))
const OpenModal = opened(() => import('./second-reader-modals').then((file) => file.OpenModal))
const AdjudicateModal = opened(() =>
  import('./second-reader-modals').then((file) => file.AdjudicateModal),
)

type Opens = {
  label: string
  /** Why it is not possible, in words. */
  reason?: string | undefined
  children: (close: () => void) => ReactNode
}

function ModalButton({ label, reason, children }: Opens) {
  const ready = useReady()
  const [asking, setAsking] = useState(false)
  return (
    <div data-screen-only>
      <Button
        variant="default"
        size="xs"
        disabled={!ready || reason !== undefined}
        title={reason}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      {reason && (
        <Text size="xs" c="dimmed">
          {label.replace('…', '')}: {reason}
        </Text>
      )}
      {asking && children(() => setAsking(false))}
    </div>
  )
}

type ReadProps = { trialId: string; reason: string | undefined; unblinding: Unblinding | null }

/** Records the outcome that a second person read from the record. */
export const ReadIt = ({ trialId, reason, unblinding }: ReadProps) => (
  <ModalButton label="Record the second reading…" reason={reason}>
    {(close) => <ReadModal trialId={trialId} unblinding={unblinding} onClose={close} />}
  </ModalButton>
)

/** Shows what is withheld; from then on the person is no blinded reader of the trial. */
export const OpenOutcome = ({ trialId }: { trialId: string }) => (
  <ModalButton label="Open the outcome…">
    {(close) => <OpenModal trialId={trialId} onClose={close} />}
  </ModalButton>
)

type AdjudicateProps = { trialId: string; reason: string | undefined }

/** A lead who is neither of the two readers decides between them. */
export const Adjudicate = ({ trialId, reason }: AdjudicateProps) => (
  <ModalButton label="Decide between the readers…" reason={reason}>
    {(close) => <AdjudicateModal trialId={trialId} onClose={close} />}
  </ModalButton>
)
