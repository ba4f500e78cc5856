'use client'

import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useAction } from '@/components/forms/use-action'
import type { Person } from '@/lib/db/queries/people/users'
import { changeEmailAction } from './actions'

type Props = { person: Person; onClose: () => void }
type Notified = { was: string; email: string; notified: string[]; isSet: boolean }

/** Another address to sign in with, and who was notified. */
export function ChangeEmail({ person, onClose }: Props) {
  const [email, setEmail] = useState('')
  const [done, setDone] = useState<Notified>()
  const { busy, refusal, run } = useAction()
  if (done)
    return (
      <Modal opened onClose={onClose} title="Change the address" centered>
        <Stack gap="sm" role="status">
          <Text size="sm">
            <UserText>{person.name}</UserText> signs in with <UserText>{done.email}</UserText> from
            now on. {notifiedWords(done)}
          </Text>
          <Button onClick={onClose}>Close</Button>
        </Stack>
      </Modal>
    )
  return (
    <ConfirmModal
      title="Change the address"
      verb="Change the address"
      busy={busy}
      onConfirm={() => run(() => changeEmailAction({ personId: person.id, email }), setDone)}
      onClose={onClose}
    >
      <Text size="sm">
        <UserText>{person.name}</UserText> signs in with <UserText>{person.email}</UserText>. Their
        sessions and open links end; password and second factors stay.
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
      {refusal && <Refusal title="Not changed" reason={refusal.reason} />}
    </ConfirmModal>
  )
}

function notifiedWords({ was, email, notified, isSet }: Notified): string {
  if (!isSet) return 'No mail server is set, so tell them yourself.'
  const missed = [email, was].filter((address) => !notified.includes(address))
  return missed.length === 0
    ? 'Both addresses were sent a mail.'
    : `The mail server did not accept the mail to ${missed.join(' and ')}; tell them yourself.`
}
