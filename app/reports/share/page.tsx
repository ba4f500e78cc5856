import { IconShare } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { previewShare } from '@/lib/core/record/share/share-report'
import { refusalFor } from '@/lib/domain/account/permissions'
import type { SharedRecord } from '@/lib/domain/report/share-link'
import { paths } from '@/lib/paths'
import { ShareForm } from './form'

export const metadata: Metadata = { title: 'Share a report' }

type Props = { searchParams: Promise<{ trial?: string | string[]; frozen?: string | string[] }> }

/** What a share link of a report would show, and the form that makes it. */
export default async function SharePage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const of = sharedRecordOf(await searchParams)
  const mayNot = refusalFor(actor, 'shareReport')
  if (mayNot)
    return (
      <>
        <PageHeader title="Share a report" />
        <Refusal title="Only leads share reports" reason={mayNot} />
      </>
    )
  if (!of)
    return (
      <>
        <PageHeader title="Share a report" />
        <EmptyState title="No report chosen" icon={IconShare}>
          Open the report of a trial, or the list of frozen reports, and press Share there.
        </EmptyState>
      </>
    )
  const shown = await previewShare(db, actor, { of, chosen: [] }, new Date())
  if (shown.status === 'refused') notFound()
  return (
    <>
      <PageHeader
        title={`Share ${shown.name}`}
        description="A link by which people without an account read the report for some days. It stays as it is now, and hides serial numbers, UDIDs and other identifiers, names, and the addresses of MDM servers. What people wrote is left out unless you choose it."
        action={
          <TextLink href={paths.reports()} size="sm">
            All links
          </TextLink>
        }
      />
      <ShareForm of={of} first={shown} />
    </>
  )
}

function sharedRecordOf({
  trial,
  frozen,
}: Awaited<Props['searchParams']>): SharedRecord | undefined {
  if (typeof trial === 'string') return { trialId: trial }
  return typeof frozen === 'string' ? { frozenReportId: frozen } : undefined
}
