'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { Card } from '@/components/data/card'
import { ShownOnce } from '@/components/data/copy-text'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReadyForm } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { useFormAction } from '@/components/forms/use-form-action'
import type { ApiKey } from '@/lib/db/queries/people/api-keys'
import { type KeyState, keyDays, keyScopes, scopeWords } from '@/lib/domain/account/api-key'
import { shownText } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'
import classes from '../../../components/data/data-table.module.css'
import { makeKeyAction, revokeKeyAction } from '../actions'
import { type MakeKeyInput, makeKeySchema } from '../schema'

export type ShownKey = ApiKey & { state: KeyState }

type Props = { keys: ShownKey[]; withOwner?: boolean }

/** What was made, what it is for, and what has ended; a key that has ended stays in the list. */
export function KeysTable({ keys, withOwner = false }: Props) {
  const { busy, refusal, run } = useAction()
  const revoke = (keyId: string) => run(() => revokeKeyAction(keyId))
  if (keys.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No keys yet.
      </Text>
    )
  const owner = withOwner ? ['Owner'] : []
  return (
    <>
      {refusal && <Refusal title="Not revoked" reason={refusal.reason} />}
      <table className={classes.table}>
        <TableHead labels={['Name', ...owner, 'For', 'Ends', 'Last used', 'Revoke']} />
        <tbody>
          {keys.map((key) => (
            <Row key={key.id} shown={key} {...{ withOwner, busy, revoke }} />
          ))}
        </tbody>
      </table>
    </>
  )
}

type RowProps = {
  shown: ShownKey
  withOwner: boolean
  busy: boolean
  revoke: (keyId: string) => void
}

function Row({ shown, withOwner, busy, revoke }: RowProps) {
  return (
    <tr>
      <td data-label="Name">
        <div>
          <UserText>{shown.name}</UserText> <Code>{shown.hint}…</Code>
        </div>
      </td>
      {withOwner && (
        <td data-label="Owner">
          <UserText>{shown.personName}</UserText>
        </td>
      )}
      <td data-label="For">{shown.scopes.join(', ')}</td>
      <td data-label="Ends">
        <Ends shown={shown} />
      </td>
      <td data-label="Last used">
        {shown.lastUsedAt ? (
          <When at={shown.lastUsedAt} />
        ) : (
          <span className={classes.dim}>never</span>
        )}
      </td>
      <td data-label="Revoke">
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Revoke ${shownText(shown.name)}`}
          disabled={busy || shown.state !== 'live'}
          title={shown.state === 'live' ? 'Revokes it at once' : `It is ${shown.state} already`}
          onClick={() => revoke(shown.id)}
        >
          Revoke
        </Button>
      </td>
    </tr>
  )
}

function Ends({ shown }: { shown: ShownKey }) {
  if (shown.revokedAt !== null)
    return (
      <span>
        revoked <When at={shown.revokedAt} /> by <UserText>{shown.revokedByName}</UserText>
      </span>
    )
  return (
    <span>
      {shown.state === 'expired' && 'expired '}
      <When at={shown.expiresAt} />
    </span>
  )
}

const empty: MakeKeyInput = { name: '', scopes: ['read'], days: keyDays.default }

type Made = { secret: string; copyLabel: string; words: string }

const theKey = (secret: string): Made => ({
  secret,
  copyLabel: 'Copy the key',
  words: "Store the key with the program's secrets; it cannot be shown again.",
})

const keptSecret =
  'Subscribe to this address in a calendar program; it cannot be shown again. Whoever has it reads the calendar until the key ends or is revoked.'

/** A key for calendars is used in the address of either file. */
const addressesWith = (key: string): Made[] => [
  {
    secret: new URL(paths.planCalendarFile({ key }), globalThis.location.origin).href,
    copyLabel: "Copy the address of the lab's calendar",
    words: `Bookings, reservations, live trials and fixes to check. ${keptSecret}`,
  },
  {
    secret: new URL(paths.radarCalendarFile({ key }), globalThis.location.origin).href,
    copyLabel: 'Copy the address of the verification calendar',
    words: `Fixes to check alone. ${keptSecret}`,
  },
]

export function MakeKey() {
  const [made, setMade] = useState<Made[]>([])
  const form = useForm<MakeKeyInput>({
    resolver: zodResolver(makeKeySchema),
    defaultValues: empty,
  })
  const { register } = form
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, makeKeyAction, {
    onDone: ({ key }) => {
      setMade(form.getValues('scopes').includes('calendar') ? addressesWith(key) : [theKey(key)])
      form.reset(empty)
    },
  })

  return (
    <Card title="Make a key">
      <ReadyForm onSubmit={submit}>
        <Stack gap="sm" maw={560}>
          {refusal && <Refusal title="Not made" reason={refusal.reason} />}
          <TextInput
            label="Name"
            description="What it is for; recorded with everything the key reads"
            autoComplete="off"
            error={errors.name?.message}
            {...register('name')}
          />
          <Controller
            control={form.control}
            name="scopes"
            render={({ field }) => (
              <Checkbox.Group
                label="For"
                error={errors.scopes?.message}
                value={field.value}
                // A key for the calendar is for nothing else: the newest choice stands.
                onChange={(chosen: string[]) =>
                  field.onChange(
                    chosen.at(-1) === 'calendar'
                      ? ['calendar']
                      : chosen.filter((scope) => scope !== 'calendar'),
                  )
                }
              >
                <Stack gap="xs" mt={4}>
                  {keyScopes.map((scope) => (
                    <Checkbox key={scope} value={scope} label={scopeWords[scope]} />
                  ))}
                </Stack>
              </Checkbox.Group>
            )}
          />
          <TextInput
            label="Valid for, in days"
            type="number"
            w={180}
            min={keyDays.min}
            max={keyDays.max}
            error={errors.days?.message}
            {...register('days', { valueAsNumber: true })}
          />
          <Group>
            <Button type="submit" loading={busy}>
              Make the key
            </Button>
          </Group>
          {made.map(({ secret, copyLabel, words }) => (
            <ShownOnce key={secret} secret={secret} copyLabel={copyLabel}>
              {words}
            </ShownOnce>
          ))}
        </Stack>
      </ReadyForm>
    </Card>
  )
}
