'use client'

import { Stack, Table } from '@mantine/core'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/refusal'
import type { Person } from '@/lib/db/users'
import type { Refusal as Refused } from '@/lib/services/result'
import type { ShownLink } from './actions'
import { PersonRow } from './person-row'
import { OneTimeLinkShown } from './shown-link'

type Props = { people: Person[]; ownId: string }

/** What a row does, and where its answer is shown. */
export type Deed = () => Promise<Refused | ShownLink | { status: string }>

export function PeopleTable({ people, ownId }: Props) {
  const [refusal, setRefusal] = useState<string>()
  const [link, setLink] = useState<ShownLink>()
  const [busy, start] = useTransition()

  const run = (deed: Deed) =>
    start(async () => {
      const result = await deed()
      setRefusal('because' in result ? result.because : undefined)
      setLink('url' in result ? result : undefined)
    })

  return (
    <Stack gap="sm">
      {refusal && <Refusal title="Not changed" because={refusal} />}
      {link && <OneTimeLinkShown {...link} />}
      <Table.ScrollContainer minWidth={760}>
        <Table aria-label="People">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Email</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Second factor</Table.Th>
              <Table.Th>Added</Table.Th>
              <Table.Th>Account</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                own={person.id === ownId}
                busy={busy}
                run={run}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}
