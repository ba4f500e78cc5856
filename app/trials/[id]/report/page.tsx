import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache, Fragment } from 'react'
import { ButtonLink, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { ReportSection } from '@/components/report/report-section'
import { authorize } from '@/lib/auth/guard'
import { reportDocument } from '@/lib/core/record/report/report-document'
import { reportTrial } from '@/lib/core/record/report/report-trial'
import { refusalFor } from '@/lib/domain/account/permissions'
import { timelineTitle } from '@/lib/domain/report/blocks'
import { paths } from '@/lib/paths'
import { Photos } from './photos'

type Props = { params: Promise<{ id: string }> }

const reportOr404 = cache(async (trialId: string) => {
  const { actor, db } = await authorize('look')
  const reported = await reportTrial(db, actor, { trialId }, new Date())
  return reported.status === 'reported' ? reported.report : notFound()
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Report of ${(await reportOr404((await params).id)).name}` }
}

/** The report of one trial, to be read from top to bottom or printed. */
export default async function TrialReportPage({ params }: Props) {
  const { actor } = await authorize('look')
  const report = await reportOr404((await params).id)
  const { id } = report.trial
  const { subtitle, mark, standing, sections } = reportDocument(report)
  return (
    <>
      <PageHeader
        title={`Report of ${report.name}`}
        environment={report.trial.environment}
        description={<UserText>{subtitle}</UserText>}
        action={
          <Files
            trialId={id}
            reason={refusalFor(actor, 'readTrail')}
            mayNotShare={refusalFor(actor, 'shareReport')}
          />
        }
      />
      <Stack gap="lg" maw={1100}>
        <Alert
          variant="outline"
          color={mark ? 'orange' : 'gray'}
          title={<UserText>{standing}</UserText>}
        >
          {mark && <Text size="sm">{mark}.</Text>}
          <Text size="sm" data-screen-only>
            Read from the record at this moment.{' '}
            <TextLink href={paths.trial(id)} size="sm">
              The trial
            </TextLink>
          </Text>
        </Alert>
        {sections.map((section) => (
          <Fragment key={section.title}>
            <ReportSection section={section} />
            {section.title === timelineTitle && (
              <Photos trialId={id} observations={report.observations} />
            )}
          </Fragment>
        ))}
      </Stack>
    </>
  )
}

type FilesProps = { trialId: string; reason: string | undefined; mayNotShare: string | undefined }

/** The report as a file, and by a link; without the permission for files, the reason. */
function Files({ trialId, reason, mayNotShare }: FilesProps) {
  if (reason)
    return (
      <Text size="sm" c="dimmed" data-screen-only>
        As a file (PDF, JSON): {reason}
      </Text>
    )
  return (
    <Group gap="xs" data-screen-only>
      {(['pdf', 'json'] as const).map((as) => (
        <Button
          key={as}
          component="a"
          href={paths.trialReportFile(trialId, as)}
          variant="default"
          size="xs"
        >
          Download as {as.toUpperCase()}
        </Button>
      ))}
      {mayNotShare === undefined && (
        <ButtonLink href={paths.reportShare({ trial: trialId })} variant="default" size="xs">
          Share by a link
        </ButtonLink>
      )}
    </Group>
  )
}
