'use client'

import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { StartedApp } from '@/lib/auth/authenticator-app'
import { removeAppAction, startAppAction } from './actions'
import { NewApp } from './new-app'
import { OwnPassword } from './own-password'

type Props = { set: boolean; hasPassword: boolean }
type Step = { at: 'rest' } | { at: 'proof' } | { at: 'code'; started: StartedApp }

const noPassword = 'You have no password here, and so no second factor beside it.'

/** Codes of six digits from an app on a phone (RFC 6238). */
export function AuthenticatorApp({ set, hasPassword }: Props) {
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const rest = () => setStep({ at: 'rest' })

  const start = async (password: string) => {
    const result = await startAppAction({ password })
    if (result.status === 'refused') return result.because
    setStep({ at: 'code', started: result })
    return undefined
  }
  const remove = async (password: string) => {
    const result = await removeAppAction({ password })
    if (result.status === 'refused') return result.because
    rest()
    return undefined
  }

  return (
    <Stack gap="xs" component="section" aria-label="Authenticator app">
      <Group gap="sm">
        <Text fw={600} size="sm">
          Authenticator app
        </Text>
        <Badge variant="outline" color={set ? 'teal' : 'gray'}>
          {set ? 'Set' : 'Not set'}
        </Badge>
        {step.at === 'rest' && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={!hasPassword}
            title={hasPassword ? undefined : noPassword}
            onClick={() => setStep({ at: 'proof' })}
          >
            {set ? 'Remove the app' : 'Set up an app'}
          </Button>
        )}
      </Group>
      {step.at === 'proof' && (
        <OwnPassword label="Confirm it is you" onProved={set ? remove : start} onCancel={rest}>
          {set ? 'Remove the app' : 'Show the code to scan'}
        </OwnPassword>
      )}
      {step.at === 'code' && <NewApp started={step.started} onEnd={rest} />}
      {!set && step.at === 'rest' && (
        <Text size="sm" c="dimmed">
          Any app that reads a QR code for six-digit codes will do.
        </Text>
      )}
    </Stack>
  )
}
