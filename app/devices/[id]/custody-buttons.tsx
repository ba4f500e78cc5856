'use client'

import { Button, Group, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { type Asked, ReasonModal } from '@/components/forms/reason-modal'
import { useAction } from '@/components/forms/use-action'
import type { Refusal as Refused } from '@/lib/core/shared/result'
import {
  answerHandOverAction,
  handOverAction,
  putBackAction,
  takeDeviceAction,
  withdrawHandOverAction,
} from '../custody-actions'

type Step = 'handOver' | 'take' | 'takeOver' | 'putBack' | 'answer' | 'withdraw'

type Props = {
  deviceId: string
  people: { value: string; label: string }[]
  /** Where it is, or will be; to be confirmed. */
  place: string
  /** Whose custody and which hand-over the page shows, or null. */
  custodyId: number | null
  handOverId: number | null
  /** Why this person cannot do it. */
  mayNot: Record<Step, string | undefined>
}

/** What can be done about who has the device; what this person may not do says why. */
export function CustodyButtons(props: Props) {
  const { deviceId, custodyId, handOverId, mayNot } = props
  const isHeld = custodyId !== null
  const ready = useReady()
  const [dialog, setDialog] = useState<'handOver' | 'take' | 'takeOver' | 'putBack' | 'accept'>()
  const [asked, setAsked] = useState<Asked>()
  const button = (label: string, step: Step, act: () => void, filled = false) => (
    <Button
      key={label}
      size="xs"
      variant={filled ? 'filled' : 'default'}
      disabled={!ready || mayNot[step] !== undefined}
      title={mayNot[step]}
      onClick={act}
    >
      {label}…
    </Button>
  )
  const refuse = (shownId: number) =>
    setAsked({
      title: 'Refuse the hand-over',
      hint: 'The device stays with whoever has it.',
      verb: 'Refuse it',
      act: (reason) =>
        answerHandOverAction({ deviceId, handOverId: shownId, answer: 'refused', reason }),
    })
  const withdraw = (shownId: number) =>
    setAsked({
      title: 'Withdraw the hand-over',
      hint: 'It no longer waits for an answer.',
      verb: 'Withdraw it',
      act: (reason) => withdrawHandOverAction({ deviceId, handOverId: shownId, reason }),
    })
  return (
    <div data-screen-only>
      <Group gap="xs">
        {handOverId !== null
          ? [
              button('Accept', 'answer', () => setDialog('accept'), true),
              button('Refuse', 'answer', () => refuse(handOverId)),
              button('Withdraw', 'withdraw', () => withdraw(handOverId)),
            ]
          : [
              ...(isHeld ? [] : [button('Take it', 'take', () => setDialog('take'))]),
              button('Hand over', 'handOver', () => setDialog('handOver')),
              ...(isHeld ? [button('Put back', 'putBack', () => setDialog('putBack'))] : []),
            ]}
        {(isHeld || handOverId !== null) &&
          button('Take over', 'takeOver', () => setDialog('takeOver'))}
      </Group>
      {dialog && <Dialog {...props} kind={dialog} onClose={() => setDialog(undefined)} />}
      {asked && <ReasonModal asked={asked} onClose={() => setAsked(undefined)} />}
    </div>
  )
}

type Kind = 'handOver' | 'take' | 'takeOver' | 'putBack' | 'accept'

const words: Record<Kind, { title: string; hint: string; verb: string }> = {
  handOver: {
    title: 'Hand over this device',
    hint: 'It counts as with whoever has it until the other person accepts.',
    verb: 'Offer it',
  },
  take: {
    title: 'Take this device',
    hint: 'Nobody has it. You have it from now on.',
    verb: 'Take it',
  },
  takeOver: {
    title: 'Take over this device',
    hint: 'You have it from now on, without the other person. A hand-over that waits ends.',
    verb: 'Take it over',
  },
  putBack: {
    title: 'Put this device back',
    hint: 'Nobody has it from now on. The place becomes its location.',
    verb: 'Put it back',
  },
  accept: { title: 'Accept this device', hint: 'You have it from now on.', verb: 'Accept it' },
}

type Typed = { place: string; toId: string | null; note: string; reason: string }

type Shown = Pick<Props, 'deviceId' | 'custodyId' | 'handOverId'>

async function act(
  kind: Kind,
  { deviceId, custodyId, handOverId }: Shown,
  typed: Typed,
): Promise<{ status: string } | Refused> {
  const { place, toId, note, reason } = typed
  switch (kind) {
    case 'handOver':
      return handOverAction({ deviceId, toId: toId ?? '', place, note })
    case 'take':
      return takeDeviceAction({ deviceId, place })
    case 'takeOver':
      return takeDeviceAction({ deviceId, place, over: { reason, custodyId, handOverId } })
    case 'putBack':
      return putBackAction({ deviceId, place })
    case 'accept':
      return handOverId === null
        ? { status: 'refused', reason: 'No hand-over waits for an answer.' }
        : answerHandOverAction({ deviceId, handOverId, answer: 'accepted', place })
  }
}

function Dialog(props: Props & { kind: Kind; onClose: () => void }) {
  const { kind, people, onClose } = props
  // The page behind the dialog goes on showing what others do: what counts is what stood there when it was opened.
  const [shown] = useState<Shown>(props)
  const { busy, refusal, problem, run, forget } = useAction()
  const [typed, setTyped] = useState<Typed>({
    ...{ place: props.place, toId: null, note: '', reason: '' },
  })
  const type = (change: Partial<Typed>) => {
    forget()
    setTyped({ ...typed, ...change })
  }
  return (
    <ConfirmModal
      title={words[kind].title}
      verb={words[kind].verb}
      busy={busy}
      onConfirm={() => run(() => act(kind, shown, typed), onClose)}
      onClose={onClose}
    >
      <Text size="sm">{words[kind].hint}</Text>
      {kind === 'handOver' && (
        <Select
          label="To"
          data={people}
          value={typed.toId}
          onChange={(toId) => type({ toId })}
          error={problem('toId')}
          searchable
          withAsterisk
          data-autofocus
        />
      )}
      <TextInput
        label={kind === 'handOver' ? 'Where it will be' : 'Where it is'}
        value={typed.place}
        onChange={({ currentTarget }) => type({ place: currentTarget.value })}
        error={problem('place')}
        withAsterisk
      />
      {kind === 'handOver' && (
        <Textarea
          label="Note"
          value={typed.note}
          onChange={({ currentTarget }) => type({ note: currentTarget.value })}
          error={problem('note')}
          autosize
          minRows={2}
        />
      )}
      {kind === 'takeOver' && (
        <Textarea
          label="Reason"
          value={typed.reason}
          onChange={({ currentTarget }) => type({ reason: currentTarget.value })}
          error={problem('reason')}
          autosize
          minRows={2}
          withAsterisk
        />
      )}
      {refusal && !['toId', 'place', 'note', 'reason'].includes(refusal.field ?? '') && (
        <Refusal title="Not done" reason={refusal.reason} />
      )}
    </ConfirmModal>
  )
}
