'use client'

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import type { ReviewState } from '@/lib/domain/review/review'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { SignModal } from '../release/sign-modal'
import { approveAction, lockAction, unlockAction } from './actions'
import type { ReviewView } from './review-view'

type Way = 'approve' | 'lock' | 'unlock'

const words: Record<Way, { button: string; title: string; hint: string; refused: string }> = {
  approve: {
    button: 'Approve…',
    title: 'Approve this trial?',
    hint: 'You have reviewed its record and attest to it. Nothing is written to it afterwards; a lead can unlock it with a reason.',
    refused: 'Not approved',
  },
  lock: {
    button: 'Lock…',
    title: 'Lock this trial?',
    hint: 'It is closed in the state that was approved. Whatever the device reports later is stored separately.',
    refused: 'Not locked',
  },
  unlock: {
    button: 'Unlock…',
    title: 'Unlock this trial?',
    hint: 'The signatures stay and are shown as no longer in force. It goes back into review, and must be approved and locked again.',
    refused: 'Not unlocked',
  },
}

const offered: Record<ReviewState, Way[]> = {
  inReview: ['approve', 'lock'],
  approved: ['lock', 'unlock'],
  locked: ['unlock'],
}

type Props = { trialId: string; state: ReviewState; mayNot: ReviewView['mayNot'] }

/** The signed actions that are possible now; a disabled one says why. */
export function SealButtons({ trialId, state, mayNot }: Props) {
  const ready = useReady()
  const [way, setWay] = useState<Way>()
  const ways = offered[state]
  const [first] = ways
  const buttonOf = (one: Way) =>
    one === 'unlock' && state === 'approved' ? 'Take back the approval…' : words[one].button
  return (
    <Stack gap={4}>
      <Group gap="xs">
        {ways.map((one) => (
          <Button
            key={one}
            variant={one === first && one !== 'unlock' ? 'filled' : 'default'}
            disabled={!ready || mayNot[one] !== undefined}
            title={mayNot[one]}
            onClick={() => setWay(one)}
          >
            {buttonOf(one)}
          </Button>
        ))}
      </Group>
      {first && mayNot[first] && (
        <Text size="xs" c="dimmed" data-screen-only>
          {words[first].button.replace('…', '')}: {mayNot[first]}
        </Text>
      )}
      {way && (
        <Seal
          trialId={trialId}
          way={way}
          verb={buttonOf(way).replace('…', '')}
          close={() => setWay(undefined)}
        />
      )}
    </Stack>
  )
}

const actOf: Record<Way, SignatureAct> = { approve: 'approve', lock: 'lock', unlock: 'unlock' }

type SealProps = { trialId: string; way: Way; verb: string; close: () => void }

function Seal({ trialId, way, verb, close }: SealProps) {
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
      onClose={close}
      onSign={(proof) =>
        run(() => {
          if (way === 'approve') return approveAction({ trialId, proof })
          if (way === 'lock') return lockAction({ trialId, proof })
          return unlockAction({ trialId, proof, reason })
        }, close)
      }
    >
      <Text size="sm">{hint}</Text>
      {way === 'unlock' && <TypedReason action={action} marked />}
    </SignModal>
  )
}
