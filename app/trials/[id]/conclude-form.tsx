'use client'

import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { Refusal } from '@/components/refusal'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome'
import { concludeAction } from './actions'
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
  const conclude = (outcome: Outcome) => run(() => concludeAction({ trialId, outcome, reason }))
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
          <Textarea
            label="Reason"
            description="Ten characters or more; it stays in the record"
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
            error={refusal?.field === 'reason' ? refusal.because : undefined}
            autosize
            minRows={2}
            maxLength={2000}
          />
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
      {refusal && refusal.field !== 'reason' && (
        <Refusal title="Not concluded" because={refusal.because} />
      )}
    </Stack>
  )
}
