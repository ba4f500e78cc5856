'use client'

import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { startRegistration } from '@simplewebauthn/browser'
import { useState } from 'react'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type { PasskeyHost } from '@/lib/auth/origins'
import type { PasskeyLine } from '@/lib/db/queries/people/second-factors'
import { paths } from '@/lib/paths'
import { askForPasskeyAction, keepPasskeyAction, removePasskeyAction } from './actions'
import { OwnPassword } from './own-password'

type Props = { keys: PasskeyLine[]; hasPassword: boolean; place: PasskeyHost }
/** What the password is asked for. */
type Asked = { to: 'add' } | { to: 'remove'; keyId: string }

/** Keys in a phone, a computer or a stick, which also sign in without a password. */
export function Passkeys({ keys, hasPassword, place }: Props) {
  const ready = useReady()
  const [asked, setAsked] = useState<Asked>()
  const { refusal, run } = useAction()
  const [problem, setProblem] = useState<string>()
  const elsewhere = ready && window.location.hostname !== place.rpId
  const close = () => setAsked(undefined)

  const add = (password?: string) => askForPasskeyAction({ password })
  const make = async ({ options }: { options: Options }) => {
    close()
    setProblem(await makeKey(options, `Passkey ${keys.length + 1}`))
  }
  const remove = (keyId: string, password?: string) => removePasskeyAction({ keyId, password })
  /** Asks for the password first. A person without one is asked for nothing: the server checks when they signed in. */
  const begin = (next: Asked) => {
    setProblem(undefined)
    if (hasPassword) setAsked(next)
    else if (next.to === 'add') run(() => add(), make)
    else run(() => remove(next.keyId))
  }
  const why = refusal?.reason ?? problem
  const confirm = { label: 'Confirm it is you, for a passkey', onCancel: close }

  return (
    <Stack gap="xs" component="section" aria-label="Passkeys">
      <Group gap="sm">
        <Text fw={600} size="sm">
          Passkeys
        </Text>
        {!asked && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={!ready || elsewhere}
            title={elsewhere ? `Passkeys of this lab work at ${place.origin}` : undefined}
            onClick={() => begin({ to: 'add' })}
          >
            Add a passkey
          </Button>
        )}
      </Group>
      <Text size="sm">
        Passkeys are tied to a host name. Those of this lab are added and used at{' '}
        <Anchor href={`${place.origin}${paths.account()}`}>{place.origin}</Anchor>.
      </Text>
      {why && <Refusal title="Not done" reason={why} />}
      {asked?.to === 'add' && (
        <OwnPassword {...confirm} act={add} onDone={make}>
          Make the passkey
        </OwnPassword>
      )}
      {asked?.to === 'remove' && (
        <OwnPassword {...confirm} act={(password) => remove(asked.keyId, password)} onDone={close}>
          Remove the passkey
        </OwnPassword>
      )}
      {keys.length > 0 && (
        <KeyTable keys={keys} onRemove={(keyId) => begin({ to: 'remove', keyId })} />
      )}
    </Stack>
  )
}

type Options = Parameters<typeof startRegistration>[0]['optionsJSON']

/** Has the browser make the key and stores it; returns why it was not stored. */
async function makeKey(optionsJSON: Options, name: string): Promise<string | undefined> {
  const answer = await startRegistration({ optionsJSON }).catch(() => undefined)
  if (!answer)
    return 'No passkey was created: it was cancelled, took too long, or is registered already.'
  const result = await keepPasskeyAction({ name, answer })
  return result.status === 'refused' ? result.reason : undefined
}

function KeyTable({ keys, onRemove }: { keys: PasskeyLine[]; onRemove: (id: string) => void }) {
  return (
    <table className={classes.table} aria-label="Passkeys">
      <TableHead labels={['Name', 'Added', 'Last used', 'Key']} />
      <tbody>
        {keys.map(({ id, name, createdAt, lastUsedAt }) => (
          <tr key={id}>
            <td data-label="Name">
              <UserText>{name}</UserText>
            </td>
            <td data-label="Added">
              <When at={createdAt} />
            </td>
            <td data-label="Last used">{lastUsedAt ? <When at={lastUsedAt} /> : 'never'}</td>
            <td data-label="Key">
              <div>
                <Button size="compact-xs" variant="default" onClick={() => onRemove(id)}>
                  Remove
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
