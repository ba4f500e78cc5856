'use client'

import { Button, Radio, RadioGroup, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { type ClaimFinding, claimFindingInfo, claimFindings } from '@/lib/domain/claim/claim'
import { decideClaimAction } from '../actions'

type Props = {
  trialId: string
  claimVersionId: number
  claim: number
  decided: boolean
  mayNot: string | undefined
}

/** Opens the decision of a lead on what the trial says about one claim. */
export function DecideClaim({ mayNot, ...props }: Props) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  const verb = props.decided ? 'Decide again' : 'Decide'
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => setOpened(true)}
        disabled={!ready || mayNot !== undefined}
        title={mayNot}
        aria-label={`${verb} on C-${props.claim}`}
      >
        {verb}
      </Button>
      {opened && <DecideModal {...props} onClose={() => setOpened(false)} />}
    </>
  )
}

type ModalProps = Omit<Props, 'mayNot'> & { onClose(): void }

function DecideModal({ trialId, claimVersionId, claim, onClose }: ModalProps) {
  const action = useTypedAction(`claim/${trialId} ${claimVersionId}`)
  const { busy, refusal, problem, run, text, type, restored } = action
  const [finding, setFinding] = useState<ClaimFinding>('notObserved')
  const decide = () => decideClaimAction({ trialId, claimVersionId, finding, reason: text })
  return (
    <ConfirmModal
      title={`What this trial says about C-${claim}`}
      verb="Record the decision"
      busy={busy}
      onConfirm={() => run(decide, onClose)}
      onClose={onClose}
    >
      <RadioGroup
        label="The trial"
        value={finding}
        onChange={(value) =>
          setFinding(claimFindings.find((one) => one === value) ?? 'notObserved')
        }
        error={problem('finding')}
      >
        <Stack gap="xs" mt={4}>
          {claimFindings.map((value) => (
            <Radio
              key={value}
              value={value}
              label={claimFindingInfo[value].label}
              description={claimFindingInfo[value].meaning}
            />
          ))}
        </Stack>
      </RadioGroup>
      <Textarea
        label="What shows it"
        description="Kept with your name and the time. A later decision replaces it."
        autosize
        minRows={3}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={problem('reason')}
        withAsterisk
      />
      <RestoredNote restored={restored} />
      {refusal && refusal.field === undefined && <Refusal reason={refusal.reason} />}
    </ConfirmModal>
  )
}
