'use client'

import { Button, Divider, Stack } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { createAuthClient } from 'better-auth/client'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { wordsOfProblem } from '@/lib/domain/account/sign-on'
import { paths } from '@/lib/paths'
import { wordsFor } from './sign-in'

type Props = {
  /** What this lab calls its provider; undefined where single sign-on is off. */
  label: string | undefined
  /** Why the last try failed, from the address: a code of lib/domain/account/sign-on, or anything else. */
  problem: string | string[] | undefined
  back: string
  ownAddress: string
}

/** The way in by the lab's OpenID Connect provider, below the password. */
export function SingleSignOn({ label, problem, back, ownAddress }: Props) {
  const ready = useReady()
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | undefined>(wordsOfProblem(problem))
  if (label === undefined) return null

  const begin = async () => {
    setBusy(true)
    const answer = await beginSignOn(back, ownAddress)
    if ('url' in answer) return window.location.assign(answer.url)
    setRefusal(answer.reason)
    setBusy(false)
  }

  return (
    <Stack gap="sm">
      <Divider label="or" />
      {refusal && <Refusal title="Not signed in" reason={refusal} />}
      <Button
        variant="default"
        leftSection={<IconLogin2 size={18} aria-hidden />}
        disabled={!ready}
        loading={busy}
        onClick={() => void begin()}
        fullWidth
      >
        {label}
      </Button>
    </Stack>
  )
}

/** Where the browser is to go, or why nowhere. */
async function beginSignOn(
  next: string,
  ownAddress: string,
): Promise<{ url: string } | { reason: string }> {
  // The provider leads back to the lab's own address, where a cookie of another name is not known.
  if (window.location.origin !== new URL(ownAddress).origin)
    return { url: `${ownAddress}${paths.signIn(next)}` }
  const { data, error } = await createAuthClient().$fetch<{ url: string }>('/oidc/start', {
    method: 'POST',
    body: { next },
  })
  if (data) return data
  const code = 'code' in error ? error.code : undefined
  return { reason: wordsOfProblem(code) ?? wordsFor(error, ownAddress) }
}
