'use client'

import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { ReasonField } from '@/components/reason-field'
import { Refusal } from '@/components/refusal'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome'
import { concludeAction } from './actions'
import { ProofField } from './proof-field'
import type { ProofInput } from './proof-schema'
import { useDeed } from './use-deed'

type Props = {
  trialId: string
  proposed: Outcome | undefined
  because: string | undefined
  overruleBecause: string | undefined
}

const choices = outcomes.map((outcome) => ({
  value: outcome,
  label: outcomeInfo[outcome].label,
}))

/** Accepts what is proposed with one press; anything else is chosen, with a reason. */
export function ConcludeForm({ trialId, proposed, because, overruleBecause }: Props) {
  const { busy, refusal, run } = useDeed()
  const ready = useReady()
  const [overruling, setOverruling] = useState(false)
  const [chosen, setChosen] = useState<Outcome>()
  const [reason, setReason] = useState('')
  const [password, setPassword] = useState('')
  // Calling it other than proposed is signed; ending an open trial early is not.
  const signs = proposed !== undefined && chosen !== undefined && chosen !== proposed
  const conclude = (outcome: Outcome, given: ProofInput = { method: 'password', password }) => {
    const proof = signs ? given : undefined
    run(() => concludeAction({ trialId, outcome, reason, proof }))
  }
  const ofProof = refusal?.field?.startsWith('proof') ?? false
  const mayNot = proposed ? overruleBecause : because
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {proposed && (
          <Button
            loading={busy && !overruling}
            disabled={!ready || because !== undefined}
            title={because}
            onClick={() => conclude(proposed)}
          >
            Conclude as proposed
          </Button>
        )}
        <Button
          variant="default"
          disabled={!ready || mayNot !== undefined}
          title={mayNot}
          onClick={() => setOverruling(!overruling)}
        >
          {proposed ? 'Overrule…' : 'Conclude now…'}
        </Button>
      </Group>
      {(because ?? mayNot) && (
        <Text size="xs" c="dimmed">
          {because ? 'Concluding' : 'Overruling'}: {because ?? mayNot}
        </Text>
      )}
      {overruling && (
        <>
          <Select
            label="Outcome"
            data={choices}
            value={chosen ?? null}
            onChange={(value) => setChosen(outcomes.find((outcome) => outcome === value))}
            searchable
          />
          <ReasonField
            value={reason}
            onChange={setReason}
            hint="Ten characters or more; it stays in the record"
            problem={refusal?.field === 'reason' ? refusal.because : undefined}
          />
          {signs && (
            <ProofField
              password={password}
              onChange={setPassword}
              problem={ofProof ? refusal?.because : undefined}
              act="overrule"
              busy={busy}
              onPasskey={(proof) => conclude(chosen, proof)}
            />
          )}
          <Button
            loading={busy}
            disabled={!chosen}
            onClick={() => chosen && conclude(chosen)}
            style={{ alignSelf: 'flex-start' }}
          >
            Conclude
          </Button>
        </>
      )}
      {refusal && refusal.field !== 'reason' && !(ofProof && signs) && (
        <Refusal title="Not concluded" because={refusal.because} />
      )}
    </Stack>
  )
}
