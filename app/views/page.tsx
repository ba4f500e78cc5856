import { Stack, Title } from '@mantine/core'
import { IconBookmark } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems, Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { findSavedView, listSavedViews } from '@/lib/db/queries/saved-views'
import { mayDo, refusalFor } from '@/lib/domain/account/permissions'
import { paramsOf } from '@/lib/domain/saved-view'
import { unknownNames } from '@/lib/domain/text/address-filter'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'
import { ViewTable } from './view-table'

export const metadata: Metadata = { title: 'Saved views' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** The views of the person, and those that others share with the lab; with `open` it leads on to one of them. */
export default async function ViewsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const [asked] = [given.open].flat()
  const opened =
    asked && uuidForm.test(asked) ? await findSavedView(db, asked, actor.id) : undefined
  // Its page says which of the filters it no longer understands; the view keeps them all.
  if (opened) redirect(paths[opened.page](paramsOf(opened.query)))
  const views = await listSavedViews(db, actor.id)
  const own = views.filter(({ ownerId }) => ownerId === actor.id)
  const others = views.filter(({ ownerId }) => ownerId !== actor.id)
  const rest = { mayNotShare: refusalFor(actor, 'shareView') }
  return (
    <>
      <PageHeader
        title="Saved views"
        description="Filters of the trials and of the pages about outcomes, each with a name and a link. A view holds no numbers: they are counted anew whenever it is opened."
      />
      {asked && (
        <Refusal
          title="There is no such view"
          reason="It was deleted, or the person who saved it does not share it with the lab."
        />
      )}
      <FilterProblems problems={unknownNames(given, ['open', 'environment'])} />
      {views.length === 0 ? (
        <EmptyState
          title="No saved views yet"
          icon={IconBookmark}
          action={<TextLink href={paths.outcomes()}>Go to the outcomes</TextLink>}
        >
          “Save this view” stands below the filters of the trials and of the outcomes.
        </EmptyState>
      ) : (
        <Stack gap="lg">
          {own.length > 0 && (
            <section aria-label="Your views">
              <Title order={2} size="h4" mb="xs">
                Your views
              </Title>
              <ViewTable views={own} own mayDelete {...rest} />
            </section>
          )}
          {others.length > 0 && (
            <section aria-label="Shared with the lab">
              <Title order={2} size="h4" mb="xs">
                Shared with the lab
              </Title>
              <ViewTable
                views={others}
                own={false}
                mayDelete={mayDo(actor, 'manageViews')}
                {...rest}
              />
            </section>
          )}
        </Stack>
      )}
    </>
  )
}
