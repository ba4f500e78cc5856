'use client'

import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { CopyText } from '@/components/data/copy-text'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { renewSecretAction } from './actions'

/** The one time that a secret is shown. */
export function ShownSecret({ secret }: { secret: string }) {
  return (
    <Alert variant="outline" title="The signing secret, shown once">
      <Stack gap="xs">
        <Group gap={4} wrap="nowrap">
          <Code style={{ overflowWrap: 'anywhere' }}>{secret}</Code>
          <CopyText text={secret} label="Copy the secret" />
        </Group>
        <Text size="sm">
          Give it to the receiver, which verifies each webhook with it. Oneway stores it sealed and
          does not show it again; a lost one is replaced by a new one.
        </Text>
      </Stack>
    </Alert>
  )
}

type Props = { targetId: string; oldSecretHours: number; reason: string | undefined }

/** Makes a new secret; for a while the old one signs beside it. */
export function NewSecret({ targetId, oldSecretHours, reason }: Props) {
  const ready = useReady()
  const { busy, refusal, run } = useAction()
  const [secret, setSecret] = useState<string>()
  const renew = () =>
    run(
      () => renewSecretAction(targetId),
      (saved) => setSecret(saved.secret),
    )
  return (
    <Stack gap="xs" align="flex-start">
      {secret && <ShownSecret secret={secret} />}
      {refusal && <Refusal reason={refusal.reason} />}
      <Text size="sm">
        For {oldSecretHours} hours both secrets sign, so that the receiver can change over; the old
        one counts for nothing afterwards.
      </Text>
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={!ready || reason !== undefined}
        title={reason}
        onClick={renew}
      >
        Make a new secret
      </Button>
    </Stack>
  )
}
