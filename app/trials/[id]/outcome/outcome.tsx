import { Alert, Group, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { outcomeInfo, outcomeWords } from '@/lib/domain/outcome/outcome'
import type { OutcomeProposal } from '@/lib/domain/outcome/outcome-evidence'
import { FieldQueries } from '../review/field-queries'
import type { ReviewView } from '../review/review-view'
import classes from '../trial.module.css'
import { ConcludeForm, Reopen } from './conclude-form'
import { SecondReader, type SecondReaderProps } from './second-reader'

type Props = {
  view: TrialView
  underWay: boolean
  /** Who may decide, and on what. Without it there is nothing to decide. */
  actor?: Actor
  proposal?: OutcomeProposal | undefined
  review?: ReviewView | undefined
  /** Where the OS was last seen; left out in a view of the past. */
  end?: Awaited<ReturnType<typeof findTrialEnd>>
  record: SecondReaderProps['record']
  /** How this person stands to the second reading; undefined in a history. */
  reader?: SecondReaderProps['reader']
}

/** The OS before and after, what the record proposes, and what a person decided. */
export function Outcome(props: Props) {
  const { view, actor, proposal, underWay, review, end, record, reader } = props
  const { trial } = view
  if (trial.startBuild === null || !trial.consumed) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Outcome">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Outcome
        </Title>
        <Group gap="xl" style={{ rowGap: 4 }} className={underWay ? (classes.growing ?? '') : ''}>
          <Os label="before" os={trial.startOs} build={trial.startBuild} />
          <Os
            label="after"
            os={trial.endOs}
            build={trial.endBuild}
            missing={missingEnd(end, underWay)}
          >
            <FieldQueries review={review} field={{ kind: 'endState' }} />
          </Os>
          {trial.endSeenAt && (
            <Text size="sm">
              first seen <When at={trial.endSeenAt} />
            </Text>
          )}
        </Group>
        {underWay && proposal && actor && (
          <>
            <ConcludeForm
              trialId={trial.id}
              proposed={proposal.outcome}
              certain={proposal.certain}
              builds={buildsOf(view, end)}
              reason={refusalFor(actor, 'concludeTrial')}
              overruleReason={refusalFor(actor, 'overruleOutcome')}
            />
            {/* Last, as it grows by itself: the buttons keep their place. */}
            <Proposal proposal={proposal} />
          </>
        )}
        {trial.outcome && <Decided view={view} review={review} end={end} />}
        <SecondReader {...{ view, record, actor, reader }} />
        {actor && <TakeBack {...{ view, actor, review, record }} />}
      </Stack>
    </Paper>
  )
}

type OsProps = {
  label: string
  os: string | null
  build: string | null
  missing?: string
  children?: ReactNode
}

const Os = ({ label, os, build, missing, children }: OsProps) => (
  <Text size="sm">
    <b>{label}</b> {os ? `${os} (${build})` : missing}
    {children}
  </Text>
)

function Proposal({ proposal }: { proposal: OutcomeProposal }) {
  const { outcome, reasons, certain, functionVersion } = proposal
  return (
    <div>
      <Text size="sm">
        <b>
          {outcome
            ? `Proposed: ${outcomeInfo[outcome].label}`
            : 'Still open: nothing is proposed yet'}
        </b>
        {outcome && !certain && ' (not certain: check again before you accept it)'}
      </Text>
      <List size="sm">
        {reasons.map((reason) => (
          <ListItem key={reason}>{reason}</ListItem>
        ))}
      </List>
      <Text size="xs" c="dimmed">
        Judged by outcome function {functionVersion} from the OS before and after, the replies
        (which are claims), the observations and the deadline.
      </Text>
    </div>
  )
}

function missingEnd(end: Props['end'], underWay: boolean): string {
  if (end?.state === 'unchanged') return `${end.os} (${end.build}), seen unchanged`
  if (end?.state === 'notSeen') return underWay ? 'not seen yet' : 'not seen again'
  return underWay ? 'no other build seen yet' : 'no other build was seen'
}

/** What the OS before and after says, in a sentence. */
function buildsOf({ trial }: TrialView, end: Props['end']): string {
  const start = `It started on ${trial.startOs} (${trial.startBuild})`
  if (end?.state === 'unchanged') return `${start} and was seen on it afterwards.`
  if (end?.state === 'notSeen') return `${start}, and nobody has seen its OS since.`
  const os = end?.os ?? trial.endOs
  return os === null
    ? `${start}, and no other OS was seen on it.`
    : `${start}, and ${os} (${end?.build ?? trial.endBuild ?? 'build not seen'}) was seen on it.`
}
function Decided({ view, review, end }: Pick<Props, 'view' | 'review' | 'end'>) {
  const { trial, decision } = view
  const byName = decision?.byName ?? trial.concludedBy
  const at = decision?.at ?? trial.concludedAt
  return (
    <div>
      <Text fw={700} component="div">
        {outcomeWords(trial.outcome ?? '')}
        <FieldQueries review={review} field={{ kind: 'outcome' }} />
      </Text>
      <Text size="sm">
        decided by <UserText>{byName}</UserText> {at && <When at={at} />}
        {trial.overruled
          ? decision?.proposed
            ? `, against the proposal “${outcomeWords(decision.proposed)}”`
            : ', before the deadline, when nothing was proposed'
          : ', as proposed'}
      </Text>
      {trial.outcomeReason && (
        <Text size="sm">
          Reason: <UserText>{trial.outcomeReason}</UserText>
          <FieldQueries review={review} field={{ kind: 'outcomeReason' }} />
        </Text>
      )}
      {trial.overruled && (
        <Alert color="yellow" variant="outline" title="Overruled" mt="xs">
          {buildsOf(view, end)} When it was decided, the record said:
          <List size="sm">
            {decision?.reasons.map((reason) => (
              <ListItem key={reason}>{reason}</ListItem>
            ))}
          </List>
        </Alert>
      )}
    </div>
  )
}

type TakeBackProps = Pick<Props, 'view' | 'review' | 'record'> & { actor: Actor }

/** Until the review or the second reading begins; not for somebody who is not shown what they would take back. */
function TakeBack({ view: { trial, decision }, actor, review, record }: TakeBackProps) {
  const isOpen = trial.state === 'concluded' && review && !review.begun
  if (!isOpen || record.secondReading || record.withheld) return null
  const overruled = decision && decision.decided !== decision.proposed
  return (
    <Reopen
      trialId={trial.id}
      reason={refusalFor(actor, overruled ? 'overruleOutcome' : 'concludeTrial')}
    />
  )
}
