import { Alert, Stack, Text } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialRecord } from '@/lib/core/record/read-record'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { outcomeWords } from '@/lib/domain/outcome/outcome'
import {
  outcomeWaitInfo,
  type ReaderStanding,
  unblindingWords,
  whyNotSecondReader,
} from '@/lib/domain/review/second-reading'
import { paths } from '@/lib/paths'
import { Adjudicate, OpenOutcome, ReadIt } from './second-reader-buttons'

export type SecondReaderProps = {
  view: TrialView
  record: Pick<TrialRecord, 'secondReading' | 'openings' | 'withheld'>
  actor: Actor | undefined
  /** How the person who looks stands to the second reading; undefined in a history. */
  reader: ReaderStanding | undefined
}

/** Where the protocol asks for a second reader: what is withheld, who read what, and what this person can do. */
export function SecondReader({ view, record, actor, reader }: SecondReaderProps) {
  const { trial, version } = view
  if (!version.plan.secondReader) return null
  const { secondReading, openings, withheld } = record
  return (
    <Stack gap="xs">
      {withheld && (
        <Alert variant="outline" color="blue" title="Withheld until the second reading">
          <Text size="sm">
            The protocol asks that a second person reads the outcome without knowing it. What is
            proposed, what was decided, and why, is not shown to you on this page or in a report, so
            that you can be that reader. What people wrote in observations, deviations and file
            names is shown as it is.
          </Text>
        </Alert>
      )}
      {trial.outcomeAwaits && (
        <Text size="sm">
          <b>{outcomeWaitInfo[trial.outcomeAwaits].label}.</b>{' '}
          {outcomeWaitInfo[trial.outcomeAwaits].explanation}
        </Text>
      )}
      {!secondReading && !withheld && view.decision && (
        <Text size="sm">
          First reader: <b>{outcomeWords(view.decision.decided)}</b>, decided by{' '}
          <UserText>{view.decision.byName}</UserText> <When at={view.decision.at} />
          {view.decision.reason && (
            <>
              <br />
              Reason: <UserText>{view.decision.reason}</UserText>
            </>
          )}
        </Text>
      )}
      {secondReading && <Reading reading={secondReading} />}
      {openings.length > 0 && (
        <Text size="xs" c="dimmed">
          Opened before the second reading:{' '}
          {openings.map(({ id, byName, at }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <UserText>{byName}</UserText> <When at={at} />
            </span>
          ))}
          . They cannot read it blinded any more.
        </Text>
      )}
      {actor && reader && <Steps {...{ view, actor, reader, record }} />}
      <TextLink
        href={paths.agreement({ environment: trial.simulated ? 'simulated' : 'real' })}
        size="sm"
        data-screen-only
      >
        Second readings and agreement
      </TextLink>
    </Stack>
  )
}

function Reading({ reading }: { reading: NonNullable<TrialRecord['secondReading']> }) {
  const { first, outcome, agrees, unblindedBy, byName, at, reason } = reading
  return (
    <Text size="sm">
      Second reader: <b>{outcomeWords(outcome)}</b>, read by <UserText>{byName}</UserText>{' '}
      <When at={at} />, {unblindedBy ? `not blinded (${unblindingWords[unblindedBy]})` : 'blinded'}.{' '}
      {agrees ? 'The same as the first.' : `The first said “${outcomeWords(first)}”.`}
      <br />
      Reason: <UserText>{reason}</UserText>
    </Text>
  )
}

type StepProps = Pick<SecondReaderProps, 'view' | 'record'> & {
  actor: Actor
  reader: ReaderStanding
}

function Steps({ view: { trial }, actor, reader, record }: StepProps) {
  const { awaits, unblinding, decided } = reader
  const isReader = decided || record.secondReading?.byId === actor.id
  const mayNotRead =
    refusalFor(actor, 'secondRead') ?? sentence(whyNotSecondReader(reader, actor.role))
  return (
    <>
      {awaits === 'secondReading' && (
        <ReadIt trialId={trial.id} reason={mayNotRead} unblinding={unblinding} />
      )}
      {record.withheld && <OpenOutcome trialId={trial.id} />}
      {awaits === 'adjudication' && (
        <Adjudicate
          trialId={trial.id}
          reason={
            refusalFor(actor, 'overruleOutcome') ??
            (isReader ? 'You are one of its two readers: another lead decides.' : undefined)
          }
        />
      )}
    </>
  )
}

const sentence = (words: string | undefined) =>
  words && `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
