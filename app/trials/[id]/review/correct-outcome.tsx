'use client'

import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { OutcomeChoice, useOutcomeChoice } from '../outcome/outcome-choice'
import { SignModal } from '../release/sign-modal'
import { correctOutcomeAction } from './actions'

/** Offered where an open query asks about the outcome. Who corrects it is a contributor from then on. */
export function CorrectOutcome({
  trialId,
  because,
}: {
  trialId: string
  because: string | undefined
}) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="xs"
        mt={6}
        disabled={!ready || because !== undefined}
        title={because}
        onClick={() => setOpened(true)}
      >
        Correct the outcome…
      </Button>
      {because && (
        <Text size="xs" c="dimmed">
          Correcting: {because}
        </Text>
      )}
      {opened && <Correct trialId={trialId} close={() => setOpened(false)} />}
    </>
  )
}

function Correct({ trialId, close }: { trialId: string; close: () => void }) {
  const choice = useOutcomeChoice(`trial/${trialId}/outcome`)
  return (
    <SignModal
      title="Correct the outcome?"
      act="overrule"
      verb="Correct"
      busy={choice.busy}
      refusal={choice.refusal}
      refusalTitle="Not corrected"
      onClose={close}
      onSign={(proof) =>
        choice.decide((decision) => correctOutcomeAction({ trialId, ...decision, proof }), close)
      }
    >
      <Text size="sm">
        The earlier decision stays in the record. You become a contributor to this trial, and
        another person approves it.
      </Text>
      <OutcomeChoice choice={choice} />
    </SignModal>
  )
}
