'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { CopyText } from '@/components/data/copy-text'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { StartedApp } from '@/lib/auth/authenticator-app'
import { finishAppAction, removeAppAction, startAppAction } from './actions'
import { OwnPassword } from './own-password'
import { codeSchema } from './schema'

type Props = { set: boolean; hasPassword: boolean }
type Step = { at: 'rest' } | { at: 'proof' } | { at: 'code'; started: StartedApp }

const noPassword = 'You have no password here, and so no second factor beside it.'

/** Codes of six digits from an app on a phone (RFC 6238). */
export function AuthenticatorApp({ set, hasPassword }: Props) {
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const rest = () => setStep({ at: 'rest' })

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
        <Proof set={set} onStarted={(started) => setStep({ at: 'code', started })} rest={rest} />
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

type ProofProps = { set: boolean; onStarted: (started: StartedApp) => void; rest: () => void }

function Proof({ set, onStarted, rest }: ProofProps) {
  const asked = { label: 'Confirm it is you', onCancel: rest }
  return set ? (
    <OwnPassword {...asked} act={(password) => removeAppAction({ password })} onDone={rest}>
      Remove the app
    </OwnPassword>
  ) : (
    <OwnPassword {...asked} act={(password) => startAppAction({ password })} onDone={onStarted}>
      Show the code to scan
    </OwnPassword>
  )
}

type NewAppProps = { started: StartedApp; onEnd: () => void }
type CodeInput = z.input<typeof codeSchema>

/** The code to scan, then the first code of the app, then the backup codes, once. */
function NewApp({ started, onEnd }: NewAppProps) {
  const [done, setDone] = useState(false)
  if (done) return <BackupCodes codes={started.backupCodes} onEnd={onEnd} />
  return (
    <Stack gap="sm">
      <Text size="sm">
        Scan this with the app, or type in the secret, then enter the code it shows.
      </Text>
      <Group gap="lg" align="flex-start">
        {/* An image of its own, so that nothing in it could become part of the page. */}
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(started.qrCode)}`}
          alt="QR code for an authenticator app"
          width={180}
          height={180}
        />
        <Stack gap="sm" maw={360}>
          <Group gap={4} wrap="nowrap">
            <Code style={{ overflowWrap: 'anywhere' }}>{started.secret}</Code>
            <CopyText text={started.secret} label="Copy the secret" />
          </Group>
          <FirstCode onDone={() => setDone(true)} onCancel={onEnd} />
        </Stack>
      </Group>
    </Stack>
  )
}

function FirstCode({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const form = useForm<CodeInput>({
    resolver: zodResolver(codeSchema),
    defaultValues: { code: '' },
  })
  const { busy, refusal, submit } = useFormAction(form, finishAppAction, { onDone })
  return (
    <ReadyForm onSubmit={submit} aria-label="First code">
      <Stack gap="sm">
        <TextInput
          label="Current code"
          inputMode="numeric"
          autoComplete="one-time-code"
          error={form.formState.errors.code?.message ?? refusal?.reason}
          {...form.register('code')}
        />
        <Group gap="sm">
          <Button type="submit" loading={busy}>
            Set the app
          </Button>
          <Button variant="subtle" color="gray" onClick={onCancel}>
            Not now
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}

function BackupCodes({ codes, onEnd }: { codes: string[]; onEnd: () => void }) {
  return (
    <Alert
      role="status"
      color="steel"
      variant="outline"
      icon={<IconKey aria-hidden />}
      title="Backup codes, shown this once"
    >
      <Stack gap="sm">
        <Text size="sm">
          Each works once, instead of a code from the app. Keep them somewhere other than the phone.
        </Text>
        <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="xs" component="ul" p={0} m={0}>
          {codes.map((code) => (
            <Code key={code} component="li" style={{ listStyle: 'none' }}>
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group gap="sm">
          <CopyText text={codes.join('\n')} label="Copy the backup codes" />
          <Button size="compact-sm" onClick={onEnd}>
            I have stored them
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
