'use client'

import { Group, Radio, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote } from '@/components/forms/drafts'
import { useTypedAction } from '@/components/forms/use-action'
import { reasonHint } from '@/lib/domain/text/reason'
import { useQueueHere } from './queue'
import type { ShownTick } from './shown-steps'
import { stepDone, stepNotDone, type Tap } from './taps'
import { localText, newNonce, timeTyped } from './typed-time'

type Props = {
  onClose: () => void
  trialId: string
  /** From 1. */
  step: number
  /** The entry that is corrected; without one the step was not done. */
  corrects: Pick<ShownTick, 'id' | 'done' | 'at' | 'note'> | undefined
  /** The entry of the queue that is changed. */
  tap?: Tap | undefined
  /** The time by the server's clock. */
  clock: () => Date
}

/** Says that a step was not done and why, or corrects an entry about it: the old one stays, with the reason. */
export function TickForm({ trialId, step, corrects, tap, clock, onClose }: Props) {
  const { enter, hold } = useQueueHere()
  const correctsId = corrects?.id ?? tap?.correctsId
  const action = useTypedAction(
    `trial/${trialId}/step/${step}/${correctsId ?? 'notDone'}`,
    tap?.text ?? corrects?.note,
  )
  const { busy, refusal, problem, run, forget, text, type, restored } = action
  const [done, setDone] = useState(tap ? tap.kind === stepDone : (corrects?.done ?? false))
  const [before] = useState(() => new Date(tap?.at ?? corrects?.at ?? clock()))
  const [at, setAt] = useState(() => localText(before))
  const [reason, setReason] = useState(tap?.reason ?? '')
  const [nonce] = useState(() => tap?.nonce ?? newNonce())
  const close = () => {
    hold(nonce, false)
    onClose()
  }
  const save = () =>
    run(() => {
      const kind = done ? stepDone : stepNotDone
      const typed = { text, ...(correctsId !== undefined && { correctsId, reason }) }
      return enter({ kind, step, at: timeTyped(at, before), nonce, ...typed })
    }, close)
  const asksDone = correctsId !== undefined || tap !== undefined
  return (
    <ConfirmModal
      title={
        correctsId !== undefined
          ? `Correct the entry about step ${step}`
          : tap
            ? `The entry about step ${step}`
            : `Step ${step} was not done`
      }
      verb="Record it"
      busy={busy}
      onConfirm={save}
      onClose={close}
    >
      <Text size="sm">
        {correctsId !== undefined
          ? 'The old entry stays, struck, with your reason.'
          : done
            ? 'It is not in the record yet.'
            : 'It stands in the record as a deviation.'}
      </Text>
      {asksDone && (
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
      {correctsId !== undefined && (
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
