'use client'

import { Button } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { type Step, signInByPasskey } from './sign-in'

type Props = { ownAddress: string; passkeyHost: string; onStep: (step: Step) => void }

/** Signs in by a key in this phone, computer or stick, in place of password and code. */
export function PasskeyButton({ ownAddress, passkeyHost, onStep }: Props) {
  const ready = useReady()
  const [busy, setBusy] = useState(false)
  const elsewhere = ready && window.location.hostname !== passkeyHost
  const begin = async () => {
    setBusy(true)
    const step = await signInByPasskey(ownAddress)
    onStep(step)
    if (step.to !== 'in') setBusy(false)
  }
  return (
    <Button
      variant="default"
      leftSection={<IconFingerprint size={18} aria-hidden />}
      disabled={!ready || elsewhere}
      title={elsewhere ? `Passkeys of this lab work at ${passkeyHost}` : undefined}
      loading={busy}
      onClick={() => void begin()}
      fullWidth
    >
      Use a passkey
    </Button>
  )
}
