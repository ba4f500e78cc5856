'use client'

import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { RestoredNote } from '@/components/forms/drafts'
import { useReady } from '@/components/forms/ready-form'
import { useTypedAction } from '@/components/forms/use-action'
import { SignOutcome } from '../outcome/outcome-choice'
import { answerQueryAction, closeQueryAction, correctOutcomeAction } from './actions'
import classes from './review.module.css'
import type { ReviewView, ShownQuery } from './review-view'

type Props = {
  trialId: string
  query: ShownQuery
  /** The field in words. */
  about: string
  mayNot: ReviewView['mayNot']
}

/** One question with its answers; open until a reviewer is content. */
export function QueryItem({ trialId, query, about, mayNot }: Props) {
  const { asked, answers, closed, field } = query
  return (
    <div className={classes.query} data-open={closed === undefined || undefined}>
      <Text size="sm" fw={600}>
        {closed ? 'Closed' : 'Open'} · <UserText>{about}</UserText>
      </Text>
      <Said entry={asked} />
      {answers.map((answer) => (
        <Said key={answer.id} entry={answer} lead="Answer" />
      ))}
      {closed && <Said entry={closed} lead="Closed" />}
      {!closed && (
        <>
          <Respond trialId={trialId} query={query} mayNot={mayNot} />
          {field.startsWith('outcome') && (
            <CorrectOutcome trialId={trialId} reason={mayNot.correctOutcome} />
          )}
        </>
      )}
    </div>
  )
}

function Said({ entry, lead }: { entry: ShownQuery['asked']; lead?: string }) {
  return (
    <Text size="sm" className={classes.said}>
      {lead && <b>{lead}: </b>}
      {entry.text && <UserText>{entry.text}</UserText>}{' '}
      <Text span size="xs" c="dimmed">
        <UserText>{entry.byName}</UserText>, <When at={entry.at} />
      </Text>
    </Text>
  )
}

function Respond({ trialId, query, mayNot }: Omit<Props, 'about'>) {
  const { busy, refusal, run, text, type: setText, restored } = useTypedAction(`query/${query.id}`)
  const ready = useReady()
  const [reason, closing] = [mayNot.answer, mayNot.ask]
  const input = { trialId, queryId: query.id, text }
  const empty = () => setText('')
  return (
    <Stack gap={6} mt={6}>
      <Textarea
        aria-label={`Answer or closing remark on query ${query.id}`}
        placeholder="Answer, or closing remark"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={refusal?.field === 'text' ? refusal.reason : undefined}
        disabled={!ready || (reason !== undefined && closing !== undefined)}
        maxLength={2000}
        autosize
        minRows={1}
      />
      <RestoredNote restored={restored} />
      {refusal && refusal.field !== 'text' && <Refusal reason={refusal.reason} />}
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          loading={busy}
          disabled={!ready || reason !== undefined}
          title={reason}
          onClick={() => run(() => answerQueryAction(input), empty)}
        >
          Answer
        </Button>
        <Button
          variant="default"
          size="xs"
          loading={busy}
          disabled={!ready || closing !== undefined}
          title={closing}
          onClick={() => run(() => closeQueryAction(input), empty)}
        >
          Close the query
        </Button>
      </Group>
      {(reason ?? closing) && (
        <Text size="xs" c="dimmed">
          {reason ? 'Answering' : 'Closing'}: {reason ?? closing}
        </Text>
      )}
    </Stack>
  )
}

/** Offered where an open query asks about the outcome. Who corrects it is a contributor from then on. */
function CorrectOutcome({ trialId, reason }: { trialId: string; reason: string | undefined }) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="xs"
        mt={6}
        disabled={!ready || reason !== undefined}
        title={reason}
        onClick={() => setOpened(true)}
      >
        Correct the outcome…
      </Button>
      {reason && (
        <Text size="xs" c="dimmed">
          Correcting: {reason}
        </Text>
      )}
      {opened && <Correct trialId={trialId} close={() => setOpened(false)} />}
    </>
  )
}

function Correct({ trialId, close }: { trialId: string; close: () => void }) {
  return (
    <SignOutcome
      form={`trial/${trialId}/outcome`}
      title="Correct the outcome?"
      verb="Correct"
      refusalTitle="Not corrected"
      decide={(decision) => correctOutcomeAction({ trialId, ...decision })}
      onClose={close}
    >
      The earlier decision stays in the record. You become a contributor to this trial, and another
      person approves it.
    </SignOutcome>
  )
}
