'use client'

import { Button, PasswordInput, Stack, Text } from '@mantine/core'
import { startAuthentication } from '@simplewebauthn/browser'
import { IconFingerprint } from '@tabler/icons-react'
import { unstable_rethrow } from 'next/navigation'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { askForProofAction } from '../actions'
import type { ProofInput } from '../schema'
import { type ProofWays, useProofWays } from './proof-ways'

export const noPassword = 'You have no password here; sign with a passkey.'

type Props = {
  password: string
  onChange(password: string): void
  /** Why what was given does not prove who it is. */
  problem: string | undefined
  act: SignatureAct
  busy: boolean
  /** A passkey has answered for this act. */
  onPasskey(proof: ProofInput): void
}

/** Asks for the password or a passkey again. Pasting and password managers work. */
export function ProofField({ password, onChange, problem, act, busy, onPasskey }: Props) {
  const ways = useProofWays()
  return (
    <Stack gap="xs">
      <PasswordInput
        label="Your password"
        description={
          ways.hasPassword
            ? 'Asked again, so that nobody else can sign with your open session'
            : noPassword
        }
        value={password}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        error={problem}
        autoComplete="current-password"
        maxLength={256}
        size="md"
        withAsterisk={ways.hasPassword}
        disabled={!ways.hasPassword}
      />
      <PasskeyButton ways={ways} act={act} busy={busy} onPasskey={onPasskey} />
    </Stack>
  )
}

type ButtonProps = Pick<Props, 'act' | 'busy' | 'onPasskey'> & { ways: ProofWays }

function PasskeyButton({ ways, act, busy, onPasskey }: ButtonProps) {
  const ready = useReady()
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const mayNot = whyNot(ways, ready)
  const press = async () => {
    setAsking(true)
    setProblem(undefined)
    const answer = await askPasskey(ways.trialId, act)
    setAsking(false)
    if (typeof answer === 'string') setProblem(answer)
    else onPasskey(answer)
  }
  return (
    <>
      <Button
        variant="default"
        size="md"
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={asking}
        disabled={!ready || busy || mayNot !== undefined}
        title={mayNot}
        onClick={() => void press()}
      >
        Sign with a passkey
      </Button>
      {mayNot && (
        <Text size="xs" c="dimmed">
          {mayNot}
        </Text>
      )}
      {problem && (
        <Text size="sm" c="red" role="alert">
          {problem}
        </Text>
      )}
    </>
  )
}

function whyNot({ passkeys, place }: ProofWays, ready: boolean): string | undefined {
  if (passkeys === 0) return 'You have no passkey here yet; add one under Account.'
  // Only the browser knows by which of the lab's names it came.
  if (ready && window.location.hostname !== place.rpId)
    return `Passkeys are tied to a host name: they sign at ${place.origin}.`
  return undefined
}

/** Asks for a passkey's answer for one action on one trial; returns why there is none. */
async function askPasskey(trialId: string, act: SignatureAct): Promise<ProofInput | string> {
  const asked = await askForProofAction({ trialId, act }).catch((error: unknown) => {
    // Next sends people to sign-in by throwing.
    unstable_rethrow(error)
    return undefined
  })
  if (!asked) return 'No answer came from the server. Nothing was signed; press again.'
  if (asked.status === 'refused') return asked.reason
  const answer = await startAuthentication({ optionsJSON: asked.options }).catch(() => undefined)
  return answer
    ? { method: 'passkey', answer }
    : 'No passkey was used: it was cancelled, or this browser has none of yours. Nothing was signed.'
}
