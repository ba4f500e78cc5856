'use client'

import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useState, useTransition } from 'react'
import { CopyText } from '@/components/data/copy-text'
import { Refusal } from '@/components/data/refusal'
import { paths } from '@/lib/paths'
import { renewWebhookTokenAction } from './actions'

/** The one time that the address of a MicroMDM's webhook is shown with its secret. */
export function SecretAddress({ address }: { address: string }) {
  return (
    <Alert variant="outline" title="The webhook address, shown once">
      <Stack gap="xs">
        <Group gap={4} wrap="nowrap">
          <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>
          <CopyText text={address} label="Copy the webhook address" />
        </Group>
        <Text size="sm">
          Start MicroMDM with <Code>-command-webhook-url</Code> and this address. MicroMDM signs
          nothing: whoever has the address can forge what devices say. It is not stored; a lost one
          is replaced by a new one.
        </Text>
      </Stack>
    </Alert>
  )
}

type Props = { serverId: string; slug: string; baseUrl: string; refusal: string | undefined }

/** Makes a new secret address; the old one is refused from then on. */
export function NewWebhookAddress({ serverId, slug, baseUrl, refusal }: Props) {
  const [busy, start] = useTransition()
  const [token, setToken] = useState<string>()
  const [refused, setRefused] = useState<string>()
  const renew = () =>
    start(async () => {
      const result = await renewWebhookTokenAction(serverId)
      if (result.status === 'refused') return setRefused(result.because)
      setToken(result.webhookToken)
    })
  return (
    <Stack gap="xs" align="flex-start">
      {token && <SecretAddress address={`${baseUrl}${paths.webhook(slug, token)}`} />}
      {refused && <Refusal because={refused} />}
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={refusal !== undefined}
        title={refusal ?? 'The old address is refused from then on'}
        onClick={renew}
      >
        Make a new webhook address
      </Button>
    </Stack>
  )
}
