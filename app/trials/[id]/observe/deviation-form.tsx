'use client'

import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote, useDraftText } from '@/components/forms/drafts'
import { useTypedAction } from '@/components/forms/use-action'
import { reasonHint } from '@/lib/domain/text/reason'
import {
  type DeviationEffect,
  deviationEffects,
  deviationEffectWords,
} from '@/lib/domain/trial/deviation'
import { recordDeviationAction } from '../actions'
import { newNonce } from './typed-time'

export type Corrected = { id: number; what: string; why: string; effect: DeviationEffect }
type Props = { trialId: string; corrects?: Corrected; onClose: () => void }

const effects = deviationEffects.map((value) => ({ value, label: deviationEffectWords[value] }))

/** The form of a new deviation, or of an entry that judges or corrects one. */
export function DeviationForm({ trialId, corrects, onClose }: Props) {
  const form = `trial/${trialId}/deviation/${corrects?.id ?? 'new'}`
  const what = useTypedAction(`${form}/what`, corrects?.what)
  const why = useDraftText(`${form}/why`, corrects?.why ?? '')
  const [effect, setEffect] = useState<DeviationEffect>(corrects?.effect ?? 'notJudged')
  const [stands, setStands] = useState(true)
  const [reason, setReason] = useState('')
  const [nonce] = useState(newNonce)
  const { busy, refusal, problem, forget, run } = what
  const save = () =>
    run(
      () =>
        recordDeviationAction({
          ...{ trialId, what: what.text, why: why.value, effect, nonce },
          ...(corrects && { correctsId: corrects.id, stands, reason }),
        }),
      () => {
        why.forget()
        onClose()
      },
    )
  const typing = (set: (text: string) => void) => (event: { currentTarget: { value: string } }) => {
    forget()
    set(event.currentTarget.value)
  }
  return (
    <ConfirmModal
      title={corrects ? 'Judge or correct a deviation' : 'Record a deviation'}
      verb="Record it"
      busy={busy}
      onConfirm={save}
      onClose={onClose}
    >
      <Textarea
        label="What differed from the protocol"
        description={reasonHint}
        value={what.text}
        onChange={typing(what.type)}
        error={problem('what')}
        autosize
        minRows={2}
        maxLength={2000}
        withAsterisk
      />
      <Textarea
        label="Why"
        description={reasonHint}
        value={why.value}
        onChange={typing(why.set)}
        error={problem('why')}
        autosize
        minRows={1}
        maxLength={2000}
        withAsterisk={stands}
      />
      <RestoredNote restored={what.restored || why.restored} />
      <Select
        label="Effect on the result"
        data={effects}
        value={effect}
        allowDeselect={false}
        onChange={(value) => setEffect(deviationEffects.find((one) => one === value) ?? effect)}
        comboboxProps={{ withinPortal: true }}
      />
      {corrects && (
        <>
          <Checkbox
            label="It was no deviation"
            checked={!stands}
            onChange={({ currentTarget }) => {
              forget()
              setStands(!currentTarget.checked)
            }}
          />
          <TextInput
            label="Reason for this entry"
            description={`${reasonHint}; the earlier entry stays, struck`}
            value={reason}
            onChange={typing(setReason)}
            error={problem('reason')}
            maxLength={500}
            withAsterisk
          />
        </>
      )}
      {refusal && !refusal.field && <Refusal title="Not recorded" reason={refusal.reason} />}
    </ConfirmModal>
  )
}
