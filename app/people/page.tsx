import { Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { PageHeader } from '@/components/page-header'
import { enter } from '@/lib/auth/door'
import { listPeople } from '@/lib/db/users'
import { AddPerson } from './add-person'
import { PeopleTable } from './people-table'

export const metadata: Metadata = { title: 'People' }

export default async function PeoplePage() {
  const { actor, db } = await enter('managePeople')
  return (
    <>
      <PageHeader
        title="People"
        description="Viewers look and export; engineers run trials; leads also overrule outcomes, void trials and change settings; admins connect servers and add people, and cannot touch evidence."
      />
      <Stack gap="lg">
        <AddPerson />
        <PeopleTable people={await listPeople(db)} ownId={actor.id} />
      </Stack>
    </>
  )
}
