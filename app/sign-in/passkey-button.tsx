'use client'

import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { type Step, signInByPasskey } from './sign-in'

type Props = { ownAddress: string; passkeyAddress: string; onStep: (step: Step) => void }

/** Signs in by a key in this phone, computer or stick, in place of password and code. */
export function PasskeyButton({ ownAddress, passkeyAddress, onStep }: Props) {
  const ready = useReady()
  const [busy, setBusy] = useState(false)
  const elsewhere = ready && window.location.hostname !== new URL(passkeyAddress).hostname
  const begin = async () => {
    setBusy(true)
    const step = await signInByPasskey(ownAddress)
    onStep(step)
    if (step.to !== 'in') setBusy(false)
  }
  return (
    <Stack gap={4}>
      <Button
        variant="default"
        leftSection={<IconFingerprint size={18} aria-hidden />}
        disabled={!ready || elsewhere}
        loading={busy}
        onClick={() => void begin()}
        aria-describedby={elsewhere ? 'passkeys-elsewhere' : undefined}
        fullWidth
      >
        Use a passkey
      </Button>
      {elsewhere && (
        <Text size="xs" id="passkeys-elsewhere">
          Passkeys are tied to a host name: here they only work at{' '}
          <Anchor href={`${passkeyAddress}${window.location.pathname}${window.location.search}`}>
            {passkeyAddress}
          </Anchor>
          , not at {window.location.hostname}.
        </Text>
      )}
    </Stack>
  )
}
