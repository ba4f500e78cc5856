'use client'

import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import type { Person } from '@/lib/db/queries/people/users'
import { changeEmailAction } from './actions'

type Props = { person: Person; onClose: () => void }
type Notified = { was: string; email: string; notified: string[]; isSet: boolean }

/** Another address to sign in with, and who was notified. */
export function ChangeEmail({ person, onClose }: Props) {
  const [email, setEmail] = useState('')
  const [refusal, setRefusal] = useState<string>()
  const [done, setDone] = useState<Notified>()
  const [busy, start] = useTransition()
  const change = () =>
    start(async () => {
      const result = await changeEmailAction({ personId: person.id, email })
      if (result.status === 'refused') return setRefusal(result.reason)
      setDone(result)
    })
  return (
    <Modal opened onClose={onClose} title="Change the address" centered>
      {done ? (
        <Stack gap="sm" role="status">
          <Text size="sm">
            <UserText>{person.name}</UserText> signs in with <UserText>{done.email}</UserText> from
            now on. {notifiedWords(done)}
          </Text>
          <Button onClick={onClose}>Close</Button>
        </Stack>
      ) : (
        <form
          aria-label="Change the address"
          onSubmit={(event) => {
            event.preventDefault()
            change()
          }}
        >
          <Stack gap="sm">
            <Text size="sm">
              <UserText>{person.name}</UserText> signs in with <UserText>{person.email}</UserText>.
              Their sessions and open links end; password and second factors stay.
            </Text>
            <TextInput
              label="New email"
              type="email"
              value={email}
              onChange={({ currentTarget }) => setEmail(currentTarget.value)}
              required
              maxLength={254}
              autoComplete="off"
            />
            {refusal && <Refusal title="Not changed" reason={refusal} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Back
              </Button>
              <Button type="submit" loading={busy}>
                Change the address
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

function notifiedWords({ was, email, notified, isSet }: Notified): string {
  if (!isSet) return 'No mail server is set, so tell them yourself.'
  const missed = [email, was].filter((address) => !notified.includes(address))
  return missed.length === 0
    ? 'Both addresses were sent a mail.'
    : `The mail server did not accept the mail to ${missed.join(' and ')}; tell them yourself.`
}
