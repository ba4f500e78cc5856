import { Anchor, Text, Title } from '@mantine/core'
import type { Metadata } from 'next'
import table from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { SimulatedMark } from '@/components/data/status'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { type FrozenReport, listFrozenReports } from '@/lib/db/queries/frozen-reports'
import { listNumbersThatLeft } from '@/lib/db/queries/lab-reports'
import { listShareLinks } from '@/lib/db/queries/share-links'
import { refusalFor } from '@/lib/domain/account/permissions'
import { shareStateAt } from '@/lib/domain/report/share-link'
import { paths } from '@/lib/paths'
import { ShareLinks } from './share-links'
import { VerifyForm } from './verify-form'

export const metadata: Metadata = { title: 'Reports' }

const shownAtOnce = 200

/** The frozen reports, and what a file of one is. */
export default async function ReportsPage() {
  const { actor, db } = await authorize('look')
  const now = new Date()
  const [reports, links, left] = await Promise.all([
    listFrozenReports(db, shownAtOnce),
    listShareLinks(db, shownAtOnce),
    listNumbersThatLeft(db),
  ])
  return (
    <>
      <PageHeader
        title="Reports"
        description="Selections of trials as they were when a lead froze them, with the report of each trial. What is frozen never changes. The report of one trial is on its page."
      />
      {reports.length === 0 ? (
        <EmptyState
          title="Nothing is frozen yet"
          action={<ButtonLink href={paths.trials()}>To the trials</ButtonLink>}
        >
          A lead narrows the list of trials and freezes what is listed.
        </EmptyState>
      ) : (
        <Reports
          reports={reports}
          left={left}
          mayNotDownload={refusalFor(actor, 'readTrail')}
          mayNotShare={refusalFor(actor, 'shareReport')}
        />
      )}
      <Text size="sm" mt="md" data-screen-only>
        <TextLink href={paths.otherLabs()} size="sm">
          Reports of other labs
        </TextLink>
        : what others saw, and where to import their files
      </Text>
      <section aria-label="Share links" data-screen-only>
        <Title order={2} size="h4" mt="xl" mb={4}>
          Share links
        </Title>
        <ShareLinks
          links={links.map((link) => ({ ...link, state: shareStateAt(link, now) }))}
          mayNotRevoke={refusalFor(actor, 'revokeShare')}
        />
      </section>
      <section aria-label="Verify a file" data-screen-only>
        <Title order={2} size="h4" mt="xl" mb={4}>
          Verify a file
        </Title>
        <Text size="sm" c="dimmed" mb="xs" maw={820}>
          A frozen report, or one file out of it. It is compared with what was frozen here and not
          kept.
        </Text>
        <VerifyForm />
      </section>
    </>
  )
}

const labels = ['Report', 'Title', 'Trials', 'Frozen', 'SHA-256 of the file', 'Download', 'Share']

type Props = {
  reports: FrozenReport[]
  /** The numbers of the trials in each report for other labs. */
  left: ReadonlyMap<string, number[]>
  mayNotDownload: string | undefined
  mayNotShare: string | undefined
}

const Reports = ({ reports, left, mayNotDownload, mayNotShare }: Props) => (
  <table className={table.table} aria-label="Frozen reports">
    <TableHead labels={labels} />
    <tbody>
      {reports.map(({ id, number, kind, title, simulated, manifest, ...report }) => (
        <tr key={id}>
          <td data-label="Report" className={table.tag}>
            F-{number}
          </td>
          <td data-label="Title">
            <div>
              <UserText>{title}</UserText> {simulated && <SimulatedMark />}
              {kind === 'otherLabs' && (
                <div className={table.dim}>
                  For other labs: {(left.get(id) ?? []).map((trial) => `T-${trial}`).join(', ')}
                </div>
              )}
            </div>
          </td>
          <td data-label="Trials">{manifest.trials.length}</td>
          <td data-label="Frozen">
            <When at={report.frozenAt} exact /> by <UserText>{report.frozenByName}</UserText>
          </td>
          <td data-label="SHA-256 of the file" style={{ overflowWrap: 'anywhere' }}>
            <code>{report.fileSha256}</code>
          </td>
          <td data-label="Download">
            {mayNotDownload ? (
              <span title={mayNotDownload}>leads and admins</span>
            ) : (
              <Anchor
                href={paths.frozenFile(id)}
                size="sm"
                aria-label={`Download F-${number} as ZIP`}
              >
                ZIP
              </Anchor>
            )}
          </td>
          <td data-label="Share">
            {kind === 'otherLabs' ? (
              <span className={table.dim}>by sending the file</span>
            ) : mayNotShare ? (
              <span title={mayNotShare}>leads</span>
            ) : (
              <TextLink
                href={paths.reportShare({ frozen: id })}
                size="sm"
                aria-label={`Share F-${number}`}
              >
                Share
              </TextLink>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
