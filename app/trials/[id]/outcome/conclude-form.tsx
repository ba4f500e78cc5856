'use client'

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { opened } from '@/components/forms/opened'
import { useReady } from '@/components/forms/ready-form'
import type { Outcome } from '@/lib/domain/outcome/outcome'

const AcceptModal = opened(() => import('./conclude-modals').then((file) => file.AcceptModal))
const OverruleModal = opened(() => import('./conclude-modals').then((file) => file.OverruleModal))
const ReopenModal = opened(() => import('./conclude-modals').then((file) => file.ReopenModal))

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
  const { trialId, proposed, certain, builds, reason: obstacle, overruleReason } = props
  const about = { trialId, builds }
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
      {way === 'accept' && proposed && (
        <AcceptModal {...about} certain={certain} proposed={proposed} onClose={close} />
      )}
      {way === 'overrule' && <OverruleModal {...about} proposed={proposed} onClose={close} />}
    </Stack>
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
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        disabled={!ready || obstacle !== undefined}
        title={obstacle}
        onClick={() => setAsking(true)}
      >
        Take back the conclusion…
      </Button>
      {obstacle && (
        <Text size="xs" c="dimmed">
          Taking back: {obstacle}
        </Text>
      )}
      {asking && <ReopenModal trialId={trialId} onClose={() => setAsking(false)} />}
    </>
  )
}
