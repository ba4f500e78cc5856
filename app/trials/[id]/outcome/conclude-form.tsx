'use client'

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useAction, useTypedAction } from '@/components/forms/use-action'
import { type Outcome, outcomeInfo } from '@/lib/domain/outcome/outcome'
import { concludeAction, reopenAction } from '../actions'
import { SignModal } from '../release/sign-modal'
import { OutcomeChoice, useOutcomeChoice } from './outcome-choice'

type Props = {
  trialId: string
  proposed: Outcome | undefined
  certain: boolean
  /** Why this person may not conclude, and why not otherwise than proposed. */
  reason: string | undefined
  overruleReason: string | undefined
  /** What the OS before and after says, in a sentence. */
  builds: string
}

type Way = 'accept' | 'overrule'

/** Accepts the proposal after one confirmation; anything else is signed by a lead, with a reason. */
export function ConcludeForm(props: Props) {
  const { proposed, reason: obstacle, overruleReason } = props
  const ready = useReady()
  const [way, setWay] = useState<Way>()
  const close = () => setWay(undefined)
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {/* Always shown: a button that appears with a proposal could be pressed in place of the other. */}
        <Button
          disabled={!ready || !proposed || obstacle !== undefined}
          title={obstacle ?? (proposed ? undefined : 'Nothing is proposed yet.')}
          onClick={() => setWay('accept')}
        >
          Conclude as proposed…
        </Button>
        <Button
          variant="default"
          disabled={!ready || overruleReason !== undefined}
          title={overruleReason}
          onClick={() => setWay('overrule')}
        >
          {proposed ? 'Overrule…' : 'Conclude now…'}
        </Button>
      </Group>
      {(obstacle ?? overruleReason) && (
        <Text size="xs" c="dimmed" data-screen-only>
          {obstacle ? 'Conclude' : proposed ? 'Overrule' : 'Conclude now'}:{' '}
          {obstacle ?? overruleReason}
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
  const { busy, refusal, run } = useAction()
  return (
    <ConfirmModal
      title="Conclude as proposed?"
      verb="Conclude"
      busy={busy}
      onConfirm={() => run(() => concludeAction({ trialId, outcome: proposed, reason: '' }), close)}
      onClose={close}
    >
      <Text size="sm">
        <b>{outcomeInfo[proposed].label}.</b> {builds}
        {!certain && ' The proposal is not certain: check its reasons again.'}
      </Text>
      <Text size="sm">
        Observation ends here: nothing more is logged, and the device is free for another trial. It
        can be taken back, with a reason, until the review begins.
      </Text>
      {refusal && <Refusal title="Not concluded" reason={refusal.reason} />}
    </ConfirmModal>
  )
}

function Overrule({ trialId, proposed, builds, close }: Props & { close: () => void }) {
  const choice = useOutcomeChoice(`trial/${trialId}/overrule`)
  return (
    <SignModal
      title={proposed ? 'Overrule the proposal?' : 'Conclude before there is a proposal?'}
      act="overrule"
      verb="Sign and conclude"
      busy={choice.busy}
      refusal={choice.refusal}
      refusalTitle="Not concluded"
      onClose={close}
      onSign={(proof) =>
        choice.decide((decision) => concludeAction({ trialId, ...decision, proof }), close)
      }
    >
      <Text size="sm">
        {proposed
          ? `Proposed is “${outcomeInfo[proposed].label}”.`
          : 'Nothing is proposed yet: the deadline has not come.'}{' '}
        {builds} The trial is marked as overruled in lists, charts and exports. Observation ends
        here.
      </Text>
      <OutcomeChoice choice={choice} except={proposed} />
    </SignModal>
  )
}

/** Takes a conclusion back; offered until the review begins. */
export function Reopen({
  trialId,
  reason: obstacle,
}: {
  trialId: string
  reason: string | undefined
}) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        disabled={!ready || obstacle !== undefined}
        title={obstacle}
        onClick={() => setOpened(true)}
      >
        Take back the conclusion…
      </Button>
      {obstacle && (
        <Text size="xs" c="dimmed">
          Taking back: {obstacle}
        </Text>
      )}
      {opened && <ReopenModal trialId={trialId} close={() => setOpened(false)} />}
    </>
  )
}

function ReopenModal({ trialId, close }: { trialId: string; close: () => void }) {
  const action = useTypedAction(`trial/${trialId}/reopen`)
  const { busy, refusal, run, text: reason } = action
  return (
    <ConfirmModal
      title="Take back the conclusion?"
      verb="Take back"
      busy={busy}
      onConfirm={() => run(() => reopenAction({ trialId, reason }), close)}
      onClose={close}
    >
      <Text size="sm">
        The trial is under observation again: observations can be logged, and the device is queried
        as before. The earlier decision and this change both stay in the record.
      </Text>
      <TypedReason action={action} marked />
      {refusal && refusal.field !== 'reason' && (
        <Refusal title="Not taken back" reason={refusal.reason} />
      )}
    </ConfirmModal>
  )
}
