import { Stack, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { listOpenLinks } from '@/lib/db/queries/people/person-links'
import { listPeople } from '@/lib/db/queries/people/users'
import { getAccessSettings } from '@/lib/db/queries/settings'
import { paths } from '@/lib/paths'
import { AccessForm } from './access-form'
import { Invite, OpenLinks } from './one-time-links'
import { PeopleTable } from './people-table'

export const metadata: Metadata = { title: 'People' }

export default async function PeoplePage() {
  const { actor, db } = await authorize('managePeople')
  const [people, links, access] = await Promise.all([
    listPeople(db),
    listOpenLinks(db, new Date()),
    getAccessSettings(db),
  ])
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['people']} />}
        title="People"
        description="Viewers view and export; engineers run trials; leads also overrule outcomes, void trials and change settings; admins connect servers and invite people, and cannot touch evidence."
      />
      <Stack gap="lg">
        <Text size="sm">
          Links are shown here in any case, and mailed where a mail server is set:{' '}
          <TextLink href={paths.mail()}>Mail</TextLink>.
        </Text>
        <Invite />
        <PeopleTable people={people} ownId={actor.id} />
        <OpenLinks links={links} />
        <AccessForm key={JSON.stringify(access)} initial={access} />
      </Stack>
    </>
  )
}
