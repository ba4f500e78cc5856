import { Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { PageHeader } from '@/components/page-header'
import { Refusal } from '@/components/refusal'
import { requireActor } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { listPeople } from '@/lib/db/users'
import { refusalFor } from '@/lib/domain/actor'
import { AddPerson } from './add-person'
import { PeopleTable } from './people-table'

export const metadata: Metadata = { title: 'People' }

export default async function PeoplePage() {
  const actor = await requireActor()
  const because = refusalFor(actor, 'managePeople')
  return (
    <>
      <PageHeader
        title="People"
        description="Engineers run trials; leads also overrule outcomes, void trials and change settings; admins connect servers and add people, and cannot touch evidence."
      />
      {because ? (
        <Refusal title="Not shown" because={because}>
          Ask an admin of this lab to add or change people.
        </Refusal>
      ) : (
        <Stack gap="lg">
          <AddPerson />
          <PeopleTable people={await listPeople(db)} ownId={actor.id} />
        </Stack>
      )}
    </>
  )
}
