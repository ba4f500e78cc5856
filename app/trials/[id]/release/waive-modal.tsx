'use client'

import { Text } from '@mantine/core'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import { waiveAction } from '../actions'
import { SignModal } from './sign-modal'

export type Waivable = { ruleId: string; title: string; reason: string; waivable: string }
type Props = { trialId: string; ordinal: number; finding: Waivable; onClose: () => void }

/** Sets a rule of the lab aside for one trial, by a signature. */
export function WaiveModal({ trialId, ordinal, finding, onClose }: Props) {
  const { ruleId } = finding
  const action = useTypedAction(`trial/${trialId}/waive/${ruleId}`)
  const { busy, refusal, run, text: reason } = action
  return (
    <SignModal
      title={`Waive ${ruleId} for this trial?`}
      act="waive"
      verb="Waive"
      busy={busy}
      refusal={refusal}
      refusalTitle="Not waived"
      onClose={onClose}
      onSign={(proof) =>
        run(() => waiveAction({ trialId, ordinal, ruleId, reason, proof }), onClose)
      }
    >
      <Text size="sm">
        {finding.title}: {finding.reason}. It then only warns, in this trial alone, and you do not
        release it yourself.
      </Text>
      <TypedReason action={action} becomes="; it stands in the record and in every export" />
    </SignModal>
  )
}
