'use client'

import { Group, Radio, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote } from '@/components/forms/drafts'
import { useTypedAction } from '@/components/forms/use-action'
import { reasonHint } from '@/lib/domain/text/reason'
import { tickStepAction } from '../actions'
import type { ShownTick } from './shown-steps'
import { localText, newNonce } from './typed-time'

type Props = {
  onClose: () => void
  trialId: string
  /** From 1. */
  step: number
  /** The entry that is corrected; without one the step was not done. */
  corrects: ShownTick | undefined
  /** The time by the server's clock. */
  clock: () => Date
}

/** Says that a step was not done and why, or corrects an entry about it: the old one stays, with the reason. */
export function TickForm({ trialId, step, corrects, clock, onClose }: Props) {
  const action = useTypedAction(
    `trial/${trialId}/step/${step}/${corrects?.id ?? 'notDone'}`,
    corrects?.note,
  )
  const { busy, refusal, problem, run, forget, text, type, restored } = action
  const [done, setDone] = useState(corrects?.done ?? false)
  const [at, setAt] = useState(() => localText(corrects ? new Date(corrects.at) : clock()))
  const [reason, setReason] = useState('')
  const [nonce] = useState(newNonce)
  const save = () =>
    run(
      () =>
        tickStepAction({
          ...{ trialId, step, done, at: new Date(at), note: text, nonce },
          ...(corrects && { correctsId: corrects.id, reason }),
        }),
      onClose,
    )
  return (
    <ConfirmModal
      title={corrects ? `Correct the entry about step ${step}` : `Step ${step} was not done`}
      verb="Record it"
      busy={busy}
      onConfirm={save}
      onClose={onClose}
    >
      <Text size="sm">
        {corrects
          ? 'The old entry stays, struck, with your reason.'
          : 'It stands in the record as a deviation.'}
      </Text>
      {corrects && (
        <Radio.Group
          label="The step"
          value={done ? 'done' : 'notDone'}
          onChange={(value) => {
            forget()
            setDone(value === 'done')
          }}
        >
          <Group mt={4}>
            <Radio value="done" label="was done" />
            <Radio value="notDone" label="was not done" />
          </Group>
        </Radio.Group>
      )}
      <TextInput
        type="datetime-local"
        step={1}
        label="At"
        description="In your time zone; stored in UTC"
        value={at}
        onChange={({ currentTarget }) => {
          forget()
          setAt(currentTarget.value)
        }}
        error={problem('at')}
      />
      <Textarea
        label={done ? 'Note' : 'Why it was not done'}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={problem('note')}
        autosize
        minRows={1}
        maxLength={2000}
        withAsterisk={!done}
      />
      <RestoredNote restored={restored} />
      {corrects && (
        <TextInput
          label="Reason for the correction"
          description={reasonHint}
          value={reason}
          onChange={({ currentTarget }) => {
            forget()
            setReason(currentTarget.value)
          }}
          error={problem('reason')}
          maxLength={500}
          withAsterisk
        />
      )}
      {refusal && !refusal.field && <Refusal title="Not recorded" reason={refusal.reason} />}
    </ConfirmModal>
  )
}
