'use client'

import { Stack } from '@mantine/core'
import { useState, useTransition } from 'react'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import type { Person } from '@/lib/db/queries/people/users'
import type { ShownLink } from './actions'
import { ChangeEmail } from './change-email'
import { type Deed, PersonRow } from './person-row'
import { OneTimeLinkShown } from './shown-link'

type Props = { people: Person[]; ownId: string }

export function PeopleTable({ people, ownId }: Props) {
  const [refusal, setRefusal] = useState<string>()
  const [link, setLink] = useState<ShownLink>()
  const [asked, setAsked] = useState<Person>()
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
      <table className={classes.table} aria-label="People">
        <TableHead labels={['Name', 'Email', 'Role', 'Second factor', 'Added', 'Account']} />
        <tbody>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              own={person.id === ownId}
              busy={busy}
              run={run}
              changeEmail={() => setAsked(person)}
            />
          ))}
        </tbody>
      </table>
      {asked && <ChangeEmail person={asked} onClose={() => setAsked(undefined)} />}
    </Stack>
  )
}
