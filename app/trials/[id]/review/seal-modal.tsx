'use client'

import { Text } from '@mantine/core'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { SignModal } from '../release/sign-modal'
import { approveAction, lockAction, unlockAction } from './actions'

export type Way = 'approve' | 'lock' | 'unlock'

const words: Record<Way, { title: string; hint: string; refused: string }> = {
  approve: {
    title: 'Approve this trial?',
    hint: 'You have reviewed its record and attest to it. Nothing is written to it afterwards; a lead can unlock it with a reason.',
    refused: 'Not approved',
  },
  lock: {
    title: 'Lock this trial?',
    hint: 'It is closed in the state that was approved. Whatever the device reports later is stored separately.',
    refused: 'Not locked',
  },
  unlock: {
    title: 'Unlock this trial?',
    hint: 'The signatures stay and are shown as no longer in force. It goes back into review, and must be approved and locked again.',
    refused: 'Not unlocked',
  },
}

const actOf: Record<Way, SignatureAct> = { approve: 'approve', lock: 'lock', unlock: 'unlock' }

type Props = { trialId: string; way: Way; verb: string; onClose: () => void }

/** Signs one of them. */
export function SealModal({ trialId, way, verb, onClose }: Props) {
  const action = useTypedAction(`trial/${trialId}/${way}`)
  const { busy, refusal, run, text: reason } = action
  const { title, hint, refused } = words[way]
  return (
    <SignModal
      title={verb === 'Unlock' || way !== 'unlock' ? title : 'Take back the approval?'}
      act={actOf[way]}
      verb={verb}
      color={way === 'unlock' ? 'red' : 'blue'}
      busy={busy}
      refusal={refusal}
      refusalTitle={refused}
      onClose={onClose}
      onSign={(proof) =>
        run(() => {
          if (way === 'approve') return approveAction({ trialId, proof })
          if (way === 'lock') return lockAction({ trialId, proof })
          return unlockAction({ trialId, proof, reason })
        }, onClose)
      }
    >
      <Text size="sm">{hint}</Text>
      {way === 'unlock' && <TypedReason action={action} marked />}
    </SignModal>
  )
}
