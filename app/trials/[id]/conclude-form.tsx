'use client'

import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { ReasonField } from '@/components/reason-field'
import { Refusal } from '@/components/refusal'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome'
import { concludeAction } from './actions'
import { SignModal } from './sign-modal'
import { useDeed } from './use-deed'
import { useTypedDeed } from './use-typed-deed'

type Props = {
  trialId: string
  proposed: Outcome | undefined
  certain: boolean
  /** Why this person may not conclude, and why not otherwise than proposed. */
  because: string | undefined
  overruleBecause: string | undefined
  /** What the OS before and after says, in a sentence. */
  builds: string
}

type Way = 'accept' | 'overrule'

/** Accepts what is proposed after one question; anything else is a lead's signed act with a reason. */
export function ConcludeForm(props: Props) {
  const { proposed, because, overruleBecause } = props
  const ready = useReady()
  const [way, setWay] = useState<Way>()
  const close = () => setWay(undefined)
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {proposed && (
          <Button
            disabled={!ready || because !== undefined}
            title={because}
            onClick={() => setWay('accept')}
          >
            Conclude as proposed…
          </Button>
        )}
        <Button
          variant="default"
          disabled={!ready || overruleBecause !== undefined}
          title={overruleBecause}
          onClick={() => setWay('overrule')}
        >
          {proposed ? 'Overrule…' : 'Conclude now…'}
        </Button>
      </Group>
      {(because ?? overruleBecause) && (
        <Text size="xs" c="dimmed">
          {because ? 'Concluding' : proposed ? 'Overruling' : 'Concluding before the deadline'}:{' '}
          {because ?? overruleBecause}
        </Text>
      )}
      {way === 'accept' && proposed && <Accept {...props} proposed={proposed} close={close} />}
      {way === 'overrule' && <Overrule {...props} close={close} />}
    </Stack>
  )
}

function Accept({
  trialId,
  proposed,
  certain,
  builds,
  close,
}: Props & { proposed: Outcome; close: () => void }) {
  const { busy, refusal, run } = useDeed()
  return (
    <Modal opened onClose={close} title="Conclude as proposed?" centered>
      <Stack gap="sm">
        <Text size="sm">
          <b>{outcomeInfo[proposed].label}.</b> {builds}
          {!certain && ' The proposal is not certain: look at its reasons once more.'}
        </Text>
        <Text size="sm">
          Sightings end here: nothing more is logged, and the device is free for another trial. It
          can be taken back, with a reason, until the review begins.
        </Text>
        {refusal && <Refusal title="Not concluded" because={refusal.because} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button
            loading={busy}
            onClick={() =>
              run(() => concludeAction({ trialId, outcome: proposed, reason: '' }), close)
            }
          >
            Conclude
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const notChosen = { status: 'refused' as const, because: 'Choose an outcome.', field: 'outcome' }

function Overrule({ trialId, proposed, builds, close }: Props & { close: () => void }) {
  const {
    busy,
    refusal,
    run,
    text: reason,
    type: setReason,
    restored,
  } = useTypedDeed(`trial/${trialId}/overrule`)
  const [chosen, setChosen] = useState<Outcome>()
  const choices = outcomes
    .filter((outcome) => outcome !== proposed)
    .map((value) => ({ value, label: outcomeInfo[value].label }))
  return (
    <SignModal
      title={proposed ? 'Overrule the proposal?' : 'Conclude before there is a proposal?'}
      act="overrule"
      verb="Sign and conclude"
      busy={busy}
      refusal={refusal}
      refusalTitle="Not concluded"
      onClose={close}
      onSign={(proof) =>
        run(
          async () =>
            chosen ? concludeAction({ trialId, outcome: chosen, reason, proof }) : notChosen,
          close,
        )
      }
    >
      <Text size="sm">
        {proposed
          ? `Proposed is “${outcomeInfo[proposed].label}”.`
          : 'Nothing is proposed yet: the deadline has not come.'}{' '}
        {builds} The trial is marked as overruled in lists, charts and exports. Sightings end here.
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
