import { Text, Title } from '@mantine/core'
import { IconBuildingCommunity } from '@tabler/icons-react'
import type { Metadata } from 'next'
import table from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { SimulatedMark } from '@/components/data/status'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { listOtherLabReports, type OtherLabReport } from '@/lib/db/queries/other-labs'
import { refusalFor } from '@/lib/domain/account/permissions'
import { paths } from '@/lib/paths'
import { ImportForm } from './import-form'
import { WithdrawButton } from './withdraw-button'

export const metadata: Metadata = { title: 'Other labs' }

const shownAtOnce = 200

/** The reports that other labs sent, and where one is imported. */
export default async function OtherLabsPage() {
  const { actor, db } = await authorize('look')
  const reports = await listOtherLabReports(db, shownAtOnce)
  const mayNot = refusalFor(actor, 'importLabReport')
  return (
    <>
      <PageHeader
        title="Other labs"
        description="What other labs report, as they say it. It is shown beside contradictions, radars and outcomes, and counts in no number of this lab. The hashes of a report show that it is intact, not who made it."
        action={
          <TextLink href={paths.reports()} size="sm">
            Reports of this lab
          </TextLink>
        }
      />
      {reports.length === 0 ? (
        <EmptyState title="No other lab yet" icon={IconBuildingCommunity}>
          Another lab makes a “Report for other labs” out of its list of trials and sends the file.
        </EmptyState>
      ) : (
        <Reports reports={reports} mayNot={mayNot} />
      )}
      <section aria-label="Import a report" data-screen-only>
        <Title order={2} size="h4" mt="xl" mb={4}>
          Import a report
        </Title>
        {mayNot ? (
          <Text size="sm" c="dimmed">
            {mayNot}
          </Text>
        ) : (
          <ImportForm />
        )}
      </section>
    </>
  )
}

const labels = ['Lab', 'Report', 'Trials', 'Made', 'Imported', 'SHA-256 of the file', 'Withdraw']

type Props = { reports: OtherLabReport[]; mayNot: string | undefined }

const Reports = ({ reports, mayNot }: Props) => (
  <table className={table.table} aria-label="Reports of other labs">
    <TableHead labels={labels} />
    <tbody>
      {reports.map((report) => (
        <tr key={report.id}>
          <td data-label="Lab" className={table.called}>
            <UserText>{report.labName}</UserText>
          </td>
          <td data-label="Report">
            <div>
              {report.reportName} {report.simulated && <SimulatedMark />}
            </div>
          </td>
          <td data-label="Trials">{report.trials}</td>
          <td data-label="Made">
            <When at={report.madeAt} exact />
          </td>
          <td data-label="Imported">
            <span>
              <When at={report.importedAt} /> by <UserText>{report.importedByName}</UserText>
            </span>
          </td>
          <td data-label="SHA-256 of the file" style={{ overflowWrap: 'anywhere' }}>
            <code>{report.fileSha256}</code>
          </td>
          <td data-label="Withdraw">
            {report.withdrawnAt === null ? (
              <WithdrawButton
                id={report.id}
                name={`${report.reportName} of ${report.labName}`}
                mayNot={mayNot}
              />
            ) : (
              <span>
                withdrawn <When at={report.withdrawnAt} /> by{' '}
                <UserText>{report.withdrawnByName}</UserText>: “
                <UserText>{report.withdrawnReason}</UserText>”
              </span>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
