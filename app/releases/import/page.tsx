import { List, ListItem, Title } from '@mantine/core'
import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { refusalFor } from '@/lib/domain/account/permissions'
import { feedInfo } from '@/lib/domain/catalogue/feed'
import { feedSources, maxFeedBytes } from '@/lib/domain/catalogue/feed-source'
import { ImportFeedForm } from './form'

export const metadata: Metadata = { title: 'Import a feed' }

export default async function ImportFeedPage() {
  const { actor } = await authorize('look')
  return (
    <>
      <PageHeader
        title="Import a feed"
        description="A file as its source publishes it; its shape says which feed it is. It is imported whole or not at all, and the file itself is kept with its SHA-256."
      />
      <ImportFeedForm
        today={new Date().toISOString().slice(0, 10)}
        reason={refusalFor(actor, 'importCatalogue')}
      />
      <section aria-label="The feeds">
        <Title order={2} size="h4" mt="xl" mb="xs">
          The feeds
        </Title>
        <List size="sm" spacing={4} maw={820}>
          {Object.values(feedInfo).map(({ label, what }) => (
            <ListItem key={label}>
              {label}: {what}.
            </ListItem>
          ))}
          <ListItem>
            They are published at{' '}
            {Object.values(feedSources)
              .map(({ url }) => url)
              .join(', ')}
            .
          </ListItem>
          <ListItem>
            JSON in UTF-8, at most {maxFeedBytes / 1e6} MB. An AppleDB entry or a list of entries,
            an ipsw.me answer for one device (type=ipsw) or the list of all.
          </ListItem>
          <ListItem>
            An empty list of devices, an absent date and an absent signature mean that nobody knows.
            Nothing is added to what a source says.
          </ListItem>
        </List>
      </section>
    </>
  )
}
