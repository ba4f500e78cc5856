import { Button, List, ListItem, Stack, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { Card } from '@/components/data/card'
import classes from '@/components/data/data-table.module.css'
import { ButtonLink, Citation, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import {
  type Claim,
  contentOfClaim,
  listClaimProtocols,
  listClaimResults,
  type TrialClaim,
} from '@/lib/db/queries/claims'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { refusalFor } from '@/lib/domain/account/permissions'
import {
  claimCheckInfo,
  claimFindingInfo,
  claimScope,
  claimSourceLabels,
  notAbout,
} from '@/lib/domain/claim/claim'
import { type ScoreRow, scoreboard } from '@/lib/domain/claim/scoreboard'
import { paths } from '@/lib/paths'
import { claimOr404 } from './claim-or-404'

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Pick<Props, 'params'>): Promise<Metadata> {
  const [{ number }] = await claimOr404((await params).id)
  return { title: `C-${number}` }
}

/** A claim with its source, how it stands by starting version, and what each trial says about it. */
export default async function ClaimPage({ params, searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const versions = await claimOr404((await params).id)
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const [claim] = versions
  const [results, protocols] = await Promise.all([
    listClaimResults(db, { claimId: claim.claimId }, environment),
    listClaimProtocols(db, claim.number),
  ])
  const mayNot = refusalFor(actor, 'editClaim')
  return (
    <>
      <PageHeader
        title={
          <>
            C-{claim.number} <UserText>{claim.statement}</UserText>
          </>
        }
        environment={environment}
        environmentReason={reason}
        description={<About claim={claim} />}
        action={
          mayNot ? (
            <Button variant="default" disabled title={mayNot}>
              Edit
            </Button>
          ) : (
            <ButtonLink variant="default" href={paths.claimEdit(claim.claimId)}>
              Edit
            </ButtonLink>
          )
        }
      />
      <Stack gap="lg">
        <Scoreboard results={results} />
        <Trials results={results} />
        <Card title="Protocols that name it">
          {protocols.length === 0 ? (
            <Text size="sm">No protocol names it: name it in the editor of one.</Text>
          ) : (
            <List size="sm" aria-label="Protocols that name it">
              {protocols.map((one) => (
                <ListItem key={`${one.protocolId} ${one.version}`}>
                  <TextLink href={paths.protocol(one.protocolId)} size="sm">
                    <UserText>{one.title}</UserText>
                  </TextLink>
                  , version {one.version}
                </ListItem>
              ))}
            </List>
          )}
        </Card>
        {versions.length > 1 && <Versions versions={versions} />}
      </Stack>
    </>
  )
}

function About({ claim }: { claim: Claim }) {
  const { source, sourceName, url, check, requestType, path, howTo } = claim
  return (
    <>
      {claimSourceLabels[source]}: <Citation cite={{ label: sourceName, url }} />
      <div>
        {claimScope(contentOfClaim(claim))}, compared {claimCheckInfo[check].label}
        {path && ` to ${requestType}, at ${path}`}
        {howTo && (
          <>
            : <UserText>{howTo}</UserText>
          </>
        )}
      </div>
    </>
  )
}

/** Counted per starting version: the bug or the feature is in the OS that a trial starts from. */
function Scoreboard({ results }: { results: TrialClaim[] }) {
  const rows = scoreboard(results)
  const left = results.filter((one) => notAbout(one) !== undefined || one.retreated).length
  return (
    <Card title="By starting version">
      {rows.length === 0 ? (
        <Text size="sm">No concluded trial on its versions has tested it.</Text>
      ) : (
        <table className={classes.table}>
          <TableHead
            labels={['Started on', 'Supports', 'Contradicts', 'Held', 'Not observed', 'Undecided']}
          />
          <tbody>
            {rows.map((row) => (
              <tr key={row.startOs}>
                <td data-label="Started on">{row.startOs}</td>
                <td data-label="Supports">{row.supports}</td>
                <td data-label="Contradicts">{row.contradicts}</td>
                <td data-label="Held">{heldInWords(row)}</td>
                <td data-label="Not observed">{row.notObserved}</td>
                <td data-label="Undecided">{row.undecided}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Text size="xs" c="dimmed">
        n are the trials that observed it; the interval is Wilson's at 95 %, and below n = 3 there
        is no rate. {left > 0 && leftOutInWords(left)}
      </Text>
    </Card>
  )
}

const leftOutInWords = (count: number) =>
  `Not counted: ${count === 1 ? '1 trial' : `${count} trials`} on other versions, by another mechanism, or on a device that an earlier trial from the same version had used.`

function heldInWords({ supports, n, rate }: ScoreRow): string {
  if (n === 0) return 'nobody observed it'
  if (!rate) return `${supports} of ${n}; too few for a rate`
  const { low, high } = rate.interval
  return `${supports} of ${n}: ${rate.rate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
}

function Trials({ results }: { results: TrialClaim[] }) {
  if (results.length === 0) return null
  return (
    <Card title="Concluded trials">
      <table className={classes.table}>
        <TableHead labels={['Trial', 'Started on', 'What it says', 'Decided by']} />
        <tbody>
          {results.map((one) => (
            <tr key={`${one.trialId} ${one.version}`}>
              <td data-label="Trial">
                <TextLink href={paths.trial(one.trialId)} size="sm">
                  T-{one.trialNumber}
                </TextLink>
              </td>
              <td data-label="Started on">{one.startOs}</td>
              <td data-label="What it says">
                <div>
                  {findingWords(one)}
                  {one.reason && (
                    <div className={classes.dim}>
                      “<UserText>{one.reason}</UserText>”
                    </div>
                  )}
                </div>
              </td>
              <td data-label="Decided by">
                <DecidedBy result={one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

function findingWords(result: TrialClaim): string {
  const { finding, inRange, byItsMechanism, retreated, version } = result
  if (!inRange) return 'not about its version'
  if (!byItsMechanism) return 'not about its mechanism'
  const words = finding ? claimFindingInfo[finding].label : 'waits for a lead'
  return `${words}${retreated ? '; an earlier trial from this version had used the device' : ''}${version > 1 ? `; version ${version} of the claim` : ''}`
}

function DecidedBy({ result: { comparedBy, byName, at } }: { result: TrialClaim }) {
  if (comparedBy === 'reply') return <>its replies</>
  if (!byName || !at) return <span className={classes.dim}>nobody yet</span>
  return (
    <div>
      <UserText>{byName}</UserText> <When at={at} />
    </div>
  )
}

const Versions = ({ versions }: { versions: Claim[] }) => (
  <Card title="Versions">
    <List size="sm" listStyleType="none" spacing="xs">
      {versions.map((one) => (
        <ListItem key={one.version}>
          <b>Version {one.version}</b> by <UserText>{one.byName}</UserText> <When at={one.at} />
          <div>
            <UserText>{one.statement}</UserText> {claimScope(contentOfClaim(one))}
          </div>
        </ListItem>
      ))}
    </List>
  </Card>
)
