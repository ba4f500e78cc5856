'use client'

import { Button, Group, Text, Textarea } from '@mantine/core'
import { usePathname } from 'next/navigation'
import { useState } from 'react'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { isReason, reasonHint, reasonLength } from '@/lib/domain/text/reason'
import { retireProtocolAction, reviewProtocolAction } from './actions'

type Props = {
  versionId: string
  version: number
  /** Why this person cannot; undefined if they can. Nothing is shown for what has been done. */
  review: { reason: string | undefined } | undefined
  retire: { reason: string | undefined } | undefined
}

const steps = {
  review: {
    verb: 'Mark as reviewed',
    title: (version: number) => `Review version ${version}`,
    hint: 'You have read question, commands, conditions, steps and deadline, and a device may be used for it. Trials can then be registered with this version.',
    label: 'Note',
    description: 'Shown with the review. It may stay empty.',
  },
  retire: {
    verb: 'Retire',
    title: (version: number) => `Retire version ${version}`,
    hint: 'No trial begins with this version any more. Registered trials go on as they were sealed. A version is not brought back; a new one can be saved.',
    label: 'Reason',
    description: reasonHint,
  },
} as const
type Step = keyof typeof steps

/** The two steps of a lead in the life of a version. */
export function JudgeVersion({ versionId, version, review, retire }: Props) {
  const ready = useReady()
  const [asked, setAsked] = useState<Step>()
  return (
    <Group gap="xs">
      {review && (
        <Button
          size="xs"
          onClick={() => setAsked('review')}
          disabled={!ready || review.reason !== undefined}
          title={review.reason}
        >
          Review version {version}
        </Button>
      )}
      {retire && (
        <Button
          size="xs"
          variant="default"
          onClick={() => setAsked('retire')}
          disabled={!ready || retire.reason !== undefined}
          title={retire.reason}
        >
          Retire version {version}
        </Button>
      )}
      {review?.reason && (
        <Text size="xs" c="dimmed">
          {review.reason}
        </Text>
      )}
      {asked && (
        <Dialog
          step={asked}
          versionId={versionId}
          version={version}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Group>
  )
}

type DialogProps = { step: Step; versionId: string; version: number; onClose(): void }

function Dialog({ step, versionId, version, onClose }: DialogProps) {
  const { verb, title, hint, label, description } = steps[step]
  const typed = useTypedAction(`${usePathname()}/${version}/${step}`)
  const { busy, refusal, run, text, type, restored } = typed
  const act = async () => {
    const input = { versionId, reason: text }
    if (step === 'review') return reviewProtocolAction(input)
    return isReason(text)
      ? retireProtocolAction(input)
      : { status: 'refused' as const, reason: `Say why, ${reasonLength}.`, field: 'reason' }
  }
  return (
    <ConfirmModal
      title={title(version)}
      verb={verb}
      busy={busy}
      onConfirm={() => run(act, onClose)}
      onClose={onClose}
    >
      <Text size="sm">{hint}</Text>
      <Textarea
        label={label}
        description={description}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={refusal?.reason}
        maxLength={1000}
        autosize
        minRows={2}
        data-autofocus
        withAsterisk={step === 'retire'}
      />
      <RestoredNote restored={restored} />
    </ConfirmModal>
  )
}
