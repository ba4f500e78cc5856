import { Button, Stack } from '@mantine/core'
import { IconQuote } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { ButtonLink, Citation, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import {
  type Claim,
  contentOfClaim,
  listClaimResults,
  listClaimVersions,
  type TrialClaim,
} from '@/lib/db/queries/claims'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { refusalFor } from '@/lib/domain/account/permissions'
import { claimCheckInfo, claimScope, claimSourceLabels } from '@/lib/domain/claim/claim'
import { scoreboard, scoreInWords } from '@/lib/domain/claim/scoreboard'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'

export const metadata: Metadata = { title: 'Claims' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** What Apple's documents and the community claim, and how many trials support it by starting version. */
export default async function ClaimsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const [versions, results] = await Promise.all([
    listClaimVersions(db),
    listClaimResults(db, { environment }),
  ])
  const newest = [...Map.groupBy(versions, ({ claimId }) => claimId).values()].flatMap(
    ([first]) => first ?? [],
  )
  const mayNot = refusalFor(actor, 'editClaim')
  return (
    <>
      <PageHeader
        title="Claims"
        environment={environment}
        environmentReason={reason}
        description="What Apple's documents and the community say that devices do. A protocol names the claims it tests; each concluded trial supports, contradicts or did not observe them. “Not observed” never counts as support."
        action={
          mayNot ? (
            <Button disabled title={mayNot}>
              New claim
            </Button>
          ) : (
            <ButtonLink href={paths.claimNew()}>New claim</ButtonLink>
          )
        }
      />
      {newest.length === 0 ? (
        <EmptyState title="No claims so far" icon={IconQuote}>
          Write down what a source says, then name it in a protocol.
        </EmptyState>
      ) : (
        <Stack gap="lg">
          <table className={classes.table}>
            <TableHead labels={['Claim', 'Versions', 'Compared', 'Of those that observed it']} />
            <tbody>
              {newest.map((claim) => (
                <Row
                  key={claim.claimId}
                  claim={claim}
                  results={results.filter(({ claimId }) => claimId === claim.claimId)}
                  environment={environment}
                />
              ))}
            </tbody>
          </table>
          <ExportLinks
            title="Download"
            links={[
              { name: 'claims', href: (form) => paths.exportClaims({ environment, ...form }) },
            ]}
          />
        </Stack>
      )}
    </>
  )
}

type RowProps = { claim: Claim; results: TrialClaim[]; environment: Environment }

function Row({ claim, results, environment }: RowProps) {
  const { claimId, number, statement, source, sourceName, url, check, path } = claim
  return (
    <tr>
      <td data-label="Claim">
        <div>
          <TextLink href={paths.claim(claimId, { environment })} className={classes.name}>
            C-{number}
          </TextLink>{' '}
          <UserText>{statement}</UserText>
          <div className={classes.dim}>
            {claimSourceLabels[source]}: <Citation cite={{ label: sourceName, url }} />
          </div>
        </div>
      </td>
      <td data-label="Versions">{claimScope(contentOfClaim(claim))}</td>
      <td data-label="Compared">
        <div>
          {claimCheckInfo[check].label}
          {path && <div className={classes.dim}>{path}</div>}
        </div>
      </td>
      <td data-label="Of those that observed it">
        {results.length === 0
          ? 'no concluded trial has tested it'
          : scoreInWords(scoreboard(results))}
      </td>
    </tr>
  )
}
