import { Alert, Group, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Verdict } from '@/lib/db/queries/devices/verdicts'
import {
  type Qualification,
  type QualificationWarning,
  waivedWords,
} from '@/lib/domain/rules/qualify'
import type { Finding, FindingInput, RuleKind } from '@/lib/domain/rules/rule'
import { Citation } from '../data/links'
import { SourceBadge } from '../data/status'
import { UserText } from '../data/text'
import { When } from '../data/when'
import classes from './findings.module.css'
import { VerdictBadge } from './verdict-badge'

const kinds: Record<RuleKind, { title: string; about: string }> = {
  eligibility: {
    title: 'Eligibility',
    about: 'Whether the command or declaration can be tried on this device at all.',
  },
  condition: {
    title: 'Conditions',
    about: 'The state the device must be in at release; a protocol may add its own.',
  },
}

type Props = { qualification: Pick<Qualification, 'findings' | 'warnings'> }

/** All findings of a verdict, those that do not pass first. */
export function Findings({ qualification }: Props) {
  const { findings, warnings } = qualification
  return (
    <Stack gap="md">
      {warnings.length > 0 && <Warnings warnings={warnings} />}
      {(['eligibility', 'condition'] as const).map((kind) => (
        <section key={kind} aria-label={kinds[kind].title}>
          <Group gap="xs" align="baseline">
            <Title order={3} size="h5">
              {kinds[kind].title}
            </Title>
            <Text size="xs" c="dimmed">
              {kinds[kind].about}
            </Text>
          </Group>
          <FindingList findings={findings.filter((finding) => finding.kind === kind)} />
        </section>
      ))}
    </Stack>
  )
}

const Warnings = ({ warnings }: { warnings: QualificationWarning[] }) => (
  <Alert
    color="yellow"
    variant="outline"
    title={warnings.length === 1 ? 'One warning' : `${warnings.length} warnings`}
    icon={<IconAlertTriangle aria-hidden />}
  >
    <List size="sm">
      {warnings.map(({ ruleId, title, text }) => (
        <ListItem key={`${ruleId} ${text}`}>
          {title}: {text}
        </ListItem>
      ))}
    </List>
  </Alert>
)

const weight: Record<Finding['verdict'], number> = {
  fail: 0,
  unknown: 1,
  pass: 2,
  notApplicable: 3,
}
const isShort = ({ verdict }: Finding) => verdict === 'fail' || verdict === 'unknown'

const FindingList = ({ findings }: { findings: Finding[] }) => (
  <ul className={classes.list}>
    {findings
      .toSorted((a, b) => weight[a.verdict] - weight[b.verdict])
      .map((finding) => (
        <li key={finding.ruleId}>
          <OneFinding finding={finding} />
        </li>
      ))}
  </ul>
)

/** A finding that does not pass shows its reason and remedy; inputs and sources are folded away. */
function OneFinding({ finding }: { finding: Finding }) {
  const { ruleId, title, verdict, reason, remedy, inputs, cites, warnOnly, waived } = finding
  const short = isShort(finding)
  return (
    <details className={classes.finding}>
      <summary className={classes.summary}>
        <VerdictBadge verdict={verdict} />
        <span className={classes.words}>
          <span>
            <b>{ruleId}</b> {title}
            {waived ? ' (waived)' : warnOnly && ' (only warns)'}
          </span>
          {short && <span className={classes.reason}>{reason}</span>}
          {waived && (
            <span className={classes.reason}>
              <UserText>{waivedWords(waived)}</UserText>
            </span>
          )}
          {short && remedy && !waived && (
            <span className={classes.reason}>
              <b>To pass:</b> {remedy}
            </span>
          )}
        </span>
      </summary>
      <div className={classes.body}>
        {!short && <p className={classes.reason}>{reason}</p>}
        {inputs.length > 0 && <Inputs inputs={inputs} />}
        <Group gap="sm" style={{ rowGap: 0 }}>
          {cites.map((cite) => (
            <Citation key={cite.url} cite={cite} />
          ))}
        </Group>
      </div>
    </details>
  )
}

const Inputs = ({ inputs }: { inputs: FindingInput[] }) => (
  <List size="sm" withPadding>
    {inputs.map((input) => (
      <ListItem key={input.label}>
        <Input input={input} />
      </ListItem>
    ))}
  </List>
)

/** An input of the rule, with its age and source at the time of the verdict. */
function Input({ input: { label, value, note, source, answeredAt, by } }: { input: FindingInput }) {
  return (
    <Group component="span" display="inline-flex" gap="xs" style={{ rowGap: 0 }}>
      <span>
        {label}: <UserText>{value}</UserText>
        {note && ` (${note})`}
      </span>
      {answeredAt && (
        <Text span size="xs" c="dimmed">
          <When at={answeredAt} />
        </Text>
      )}
      {source && <SourceBadge source={source} by={by} />}
    </Group>
  )
}

/** A stored verdict, not judged again by the current rules. */
export const StoredVerdict = ({ verdict }: { verdict: Verdict }) => (
  <>
    <Text size="sm">
      {verdict.overall}, for a {verdict.purpose}, by rule set {verdict.ruleSetVersion},{' '}
      <When at={verdict.judgedAt} />
    </Text>
    <Findings qualification={{ findings: verdict.findings, warnings: [] }} />
  </>
)
