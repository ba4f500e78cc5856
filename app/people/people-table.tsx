'use client'

import { Button, NativeSelect, Stack, Table, Text } from '@mantine/core'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/refusal'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import type { Person } from '@/lib/db/users'
import { type Role, roles } from '@/lib/domain/actor'
import { changeRoleAction, renewPasswordAction } from './actions'
import { OneTimePassword } from './one-time-password'

type Props = { people: Person[]; ownId: string }

export function PeopleTable({ people, ownId }: Props) {
  const [refusal, setRefusal] = useState<string>()
  const [renewed, setRenewed] = useState<{ email: string; password: string }>()
  const [busy, start] = useTransition()

  const setRole = (personId: string, role: Role) =>
    start(async () => {
      const result = await changeRoleAction({ personId, role })
      setRefusal(result.status === 'refused' ? result.because : undefined)
    })
  const renew = ({ id, email }: Person) =>
    start(async () => {
      const result = await renewPasswordAction(id)
      setRefusal(result.status === 'refused' ? result.because : undefined)
      if (result.status === 'saved') setRenewed({ email, password: result.password })
    })

  return (
    <Stack gap="sm">
      {refusal && <Refusal title="Not changed" because={refusal} />}
      {renewed && <OneTimePassword {...renewed} />}
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label="People">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Email</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Added</Table.Th>
              <Table.Th>Password</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              <Row
                key={person.id}
                person={person}
                own={person.id === ownId}
                busy={busy}
                onRole={setRole}
                onRenew={renew}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

type RowProps = {
  person: Person
  own: boolean
  busy: boolean
  onRole: (personId: string, role: Role) => void
  onRenew: (person: Person) => void
}

function Row({ person, own, busy, onRole, onRenew }: RowProps) {
  return (
    <Table.Tr>
      <Table.Td>
        <UserText>{person.name}</UserText>
        {own && (
          <Text span size="xs" c="dimmed">
            {' '}
            (you)
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <UserText>{person.email}</UserText>
      </Table.Td>
      <Table.Td>
        <NativeSelect
          size="xs"
          aria-label={`Role of ${person.name}`}
          data={roles}
          value={person.role}
          disabled={busy}
          onChange={({ currentTarget }) => {
            const role = roles.find((one) => one === currentTarget.value)
            if (role) onRole(person.id, role)
          }}
        />
      </Table.Td>
      <Table.Td>
        <When at={person.createdAt} />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy || own}
          title={own ? 'It would sign you out before you have read it' : 'Ends their sessions'}
          onClick={() => onRenew(person)}
        >
          New password
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}
