'use client'

import { Button, Select, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { ReasonField } from '@/components/reason-field'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome'
import { SignModal } from '../sign-modal'
import { useTypedDeed } from '../use-typed-deed'
import { correctOutcomeAction } from './actions'

const choices = outcomes.map((value) => ({ value, label: outcomeInfo[value].label }))

const notChosen = { status: 'refused' as const, because: 'Choose an outcome.', field: 'outcome' }

/** Offered where an open query asks about the outcome. Who corrects it has a hand in the trial from then on. */
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
      {opened && <Correct trialId={trialId} close={() => setOpened(false)} />}
    </>
  )
}

function Correct({ trialId, close }: { trialId: string; close: () => void }) {
  const {
    busy,
    refusal,
    run,
    text: reason,
    type: setReason,
    restored,
  } = useTypedDeed(`trial/${trialId}/outcome`)
  const [chosen, setChosen] = useState<Outcome>()
  return (
    <SignModal
      title="Correct the outcome?"
      act="overrule"
      verb="Correct"
      busy={busy}
      refusal={refusal}
      refusalTitle="Not corrected"
      onClose={close}
      onSign={(proof) =>
        run(
          async () =>
            chosen ? correctOutcomeAction({ trialId, proof, reason, outcome: chosen }) : notChosen,
          close,
        )
      }
    >
      <Text size="sm">
        The earlier decision stays in the record. You then have a hand in this trial, and another
        person approves it.
      </Text>
      <Select
        label="Outcome"
        data={choices}
        value={chosen ?? null}
        onChange={(value) => setChosen(outcomes.find((outcome) => outcome === value))}
        error={refusal?.field === 'outcome' ? refusal.because : undefined}
        searchable
      />
      <ReasonField
        value={reason}
        onChange={setReason}
        restored={restored}
        hint="Ten characters or more; it stays in the record"
        problem={refusal?.field === 'reason' ? refusal.because : undefined}
      />
    </SignModal>
  )
}
