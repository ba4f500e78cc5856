import { Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { Card } from '@/components/data/card'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { refusalFor } from '@/lib/domain/account/permissions'
import { emptyContent, typedOf } from '../schema'
import { EndForm, IssueForm } from './form'

export const metadata: Metadata = { title: 'Record a known issue' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const issueNumber = z.coerce.number().int().positive().max(1_000_000)

/** Records a known issue; `issue` in the address changes or ends one in force. */
export default async function RecordIssuePage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const mayNot = refusalFor(actor, 'changeKnownIssues')
  const { issue: named } = await searchParams
  if (named === undefined)
    return (
      <>
        <PageHeader
          title="Record a known issue"
          description="It becomes part of the rule set at once: every device is judged again, and what was judged before keeps its rule set."
        />
        <IssueForm initial={emptyContent} issue={undefined} mayNot={mayNot} />
      </>
    )
  const number = issueNumber.safeParse(named)
  const { issues } = await getIssueSet(db)
  const issue = issues.find((one) => one.number === number.data)
  if (!issue) notFound()
  return (
    <>
      <PageHeader
        title={`Change K-${issue.number}`}
        description="What it said before stays in the record. Each change is a rule set of its own."
      />
      <Stack gap="lg">
        <IssueForm initial={typedOf(issue)} issue={issue.number} mayNot={mayNot} />
        <Card title="End it">
          <EndForm issue={issue.number} mayNot={mayNot} />
        </Card>
      </Stack>
    </>
  )
}
