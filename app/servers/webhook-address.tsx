'use client'

import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { CopyText } from '@/components/data/copy-text'
import { Refusal } from '@/components/data/refusal'
import { useAction } from '@/components/forms/use-action'
import { type ServerKind, serverTraits } from '@/lib/mdm/server-kinds'
import { paths } from '@/lib/paths'
import { renewWebhookTokenAction } from './actions'

type Shown = { kind: ServerKind; address: string }

/** The one time that a webhook's address is shown with the secret in it, for a server that signs nothing. */
export function SecretAddress({ kind, address }: Shown) {
  const { name, flags } = serverTraits[kind]
  return (
    <Alert variant="outline" title="The webhook address, shown once">
      <Stack gap="xs">
        <Group gap={4} wrap="nowrap">
          <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>
          <CopyText text={address} label="Copy the webhook address" />
        </Group>
        <Text size="sm">
          Start {name} with <Code>{flags.webhookUrl}</Code> and this address
          <OtherFlags kind={kind} />. {name} signs nothing: whoever has the address can forge what
          devices say. Its log shows the address where an event could not be posted, so keep that
          log to yourself too. The secret is not stored here; a lost one is replaced by a new one.
        </Text>
      </Stack>
    </Alert>
  )
}

const oneOf = (words: string[]) => [words.slice(0, -1).join(', '), words.at(-1)].join(' or ')

/** The other flags that it needs for what was entered here; none for a server that has one storage only. */
function OtherFlags({ kind }: { kind: ServerKind }) {
  const { flags, storages } = serverTraits[kind]
  if (flags.ca === undefined || flags.storage === undefined) return null
  return (
    <>
      , <Code>{flags.apiKey}</Code> with the key that you entered, <Code>{flags.storage}</Code> with{' '}
      {oneOf(Object.keys(storages).filter((one) => one !== 'unknown'))}, and <Code>{flags.ca}</Code>{' '}
      with the certificate authority of its devices
    </>
  )
}

type Props = {
  serverId: string
  kind: ServerKind
  slug: string
  baseUrl: string
  refusal: string | undefined
}

/** Makes a new secret address; the old one is refused from then on. */
export function NewWebhookAddress({ serverId, kind, slug, baseUrl, refusal }: Props) {
  const { busy, refusal: refused, run } = useAction()
  const [token, setToken] = useState<string>()
  const renew = () =>
    run(
      () => renewWebhookTokenAction(serverId),
      ({ webhookToken }) => setToken(webhookToken),
    )
  return (
    <Stack gap="xs" align="flex-start">
      {token && <SecretAddress kind={kind} address={`${baseUrl}${paths.webhook(slug, token)}`} />}
      {refused && <Refusal reason={refused.reason} />}
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
