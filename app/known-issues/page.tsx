import { Button, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, Citation, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import {
  contentOf,
  foldIssues,
  type IssueChange,
  listIssueChanges,
} from '@/lib/db/queries/known-issues'
import { refusalFor } from '@/lib/domain/account/permissions'
import { readingFields } from '@/lib/domain/reading/reading'
import { knownWrongReadings } from '@/lib/domain/reading/unreliable-readings'
import { issueFieldLabel, rangeInWords, ruleSetOf } from '@/lib/domain/rules/known-issues'
import type { KnownIssue } from '@/lib/domain/rules/rule'
import { namedVersions } from '@/lib/domain/rules/version-bounds'
import { paths } from '@/lib/paths'

export const metadata: Metadata = { title: 'Known issues' }

const labels = ['Issue', 'Versions', 'Effect', 'Evidence', 'Since']

/** What is known to be wrong on OS versions: recorded by leads of the lab, and shipped with Oneway. */
export default async function KnownIssuesPage() {
  const { actor, db } = await authorize('look')
  const changes = await listIssueChanges(db)
  const set = foldIssues(changes)
  const mayNot = refusalFor(actor, 'changeKnownIssues')
  return (
    <>
      <PageHeader
        title="Known issues"
        description={`What is known to be wrong on OS versions. An issue blocks, or makes a reading unknown; none allows anything. Rule set in force: ${ruleSetOf(set)}.`}
        action={
          mayNot ? (
            <Button variant="default" disabled title={mayNot}>
              Record an issue
            </Button>
          ) : (
            <ButtonLink href={paths.knownIssueRecord()}>Record an issue</ButtonLink>
          )
        }
      />
      <Stack gap="xl">
        {set.issues.length === 0 ? (
          <EmptyState title="This lab has recorded none" icon={IconAlertTriangle}>
            A lead records what a version is known to do wrong, with its evidence. The list below is
            shipped with Oneway and always counts.
          </EmptyState>
        ) : (
          <Section title="Recorded by this lab">
            <TableHead labels={labels} />
            <tbody>
              {set.issues.map((issue) => (
                <Recorded key={issue.number} issue={issue} mayChange={mayNot === undefined} />
              ))}
            </tbody>
          </Section>
        )}
        <Shipped />
        {changes.length > 0 && <Changes changes={changes} />}
      </Stack>
    </>
  )
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      <table className={classes.table}>{children}</table>
    </section>
  )
}

const effectOf = ({ effect, field }: Pick<KnownIssue, 'effect' | 'field'>) =>
  effect === 'block' ? 'blocks' : `${field ? issueFieldLabel(field) : 'a reading'} is unknown`

function Recorded({ issue, mayChange }: { issue: KnownIssue; mayChange: boolean }) {
  const { number, fault, since } = issue
  return (
    <tr>
      <td data-label="Issue">
        <div>
          <span className={classes.name}>K-{number}</span> <UserText>{fault}</UserText>
          {mayChange && (
            <div>
              <TextLink href={paths.knownIssueRecord({ issue: number })} size="sm">
                Change or end K-{number}
              </TextLink>
            </div>
          )}
        </div>
      </td>
      <td data-label="Versions">{rangeInWords(issue)}</td>
      <td data-label="Effect">{effectOf(issue)}</td>
      <td data-label="Evidence">
        <Evidence issue={issue} />
      </td>
      <td data-label="Since">
        <When at={since} />
      </td>
    </tr>
  )
}

function Evidence({ issue: { radar, url, trialId, trialNumber } }: { issue: KnownIssue }) {
  return (
    <div>
      {radar && <div>radar {radar}</div>}
      {trialId && (
        <div>
          <TextLink href={paths.trial(trialId)} size="sm">
            T-{trialNumber}
          </TextLink>
        </div>
      )}
      {url && <Citation cite={{ label: url, url }} />}
    </div>
  )
}

/** Part of the program: a lead can neither change nor end one of these. */
const Shipped = () => (
  <Section title="Shipped with Oneway">
    <TableHead labels={['Versions', 'What is wrong', 'Effect', 'Sources']} />
    <tbody>
      {knownWrongReadings.map(({ field, from, to, reason, cites }) => (
        <tr key={`${field} ${from}`}>
          <td data-label="Versions">
            iOS {from} to {to}
          </td>
          <td data-label="What is wrong">the device {reason}</td>
          <td data-label="Effect">{readingFields[field].label} is unknown</td>
          <td data-label="Sources">
            <Sources cites={cites} />
          </td>
        </tr>
      ))}
      {namedVersions.map(({ bound, blocks, reason, cites }) => (
        <tr key={bound}>
          <td data-label="Versions">iOS and iPadOS {bound}</td>
          <td data-label="What is wrong">the version {reason}</td>
          <td data-label="Effect">{blocks ? 'blocks' : 'warns'}</td>
          <td data-label="Sources">
            <Sources cites={cites} />
          </td>
        </tr>
      ))}
    </tbody>
  </Section>
)

const Sources = ({ cites }: { cites: readonly { label: string; url: string }[] }) => (
  <div>
    {cites.map((cite) => (
      <div key={cite.url}>
        <Citation cite={cite} />
      </div>
    ))}
  </div>
)

const kindWords = { added: 'recorded', changed: 'changed', ended: 'ended' }

/** Every change with its rule set, so that the set of an old verdict can be looked up. */
const Changes = ({ changes }: { changes: IssueChange[] }) => (
  <section aria-label="Rule sets">
    <Title order={2} size="h4" mb="xs">
      Rule sets
    </Title>
    <List size="sm" spacing="xs" listStyleType="none">
      {changes.toReversed().map((change) => (
        <ListItem key={change.revision} id={`rule-set-${change.revision}`}>
          <b>+{change.revision}</b> K-{change.issue} {kindWords[change.kind]} by{' '}
          <UserText>{change.byName}</UserText> <When at={change.at} />
          <Said change={change} />
        </ListItem>
      ))}
    </List>
  </section>
)

function Said({ change }: { change: IssueChange }) {
  const content = contentOf(change)
  return (
    <Text size="sm" c="dimmed" component="div">
      {change.reason && (
        <div>
          “<UserText>{change.reason}</UserText>”
        </div>
      )}
      {content && (
        <div>
          {rangeInWords(content)}, {effectOf(content)}: <UserText>{content.fault}</UserText>
        </div>
      )}
    </Text>
  )
}
