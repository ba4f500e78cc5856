import { Text } from '@mantine/core'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { z } from 'zod'
import { RecordPage } from '@/components/data/record-page'
import { ClockTimes } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { readTrial } from '@/lib/core/record/read-record'
import { findTrial, type Trial } from '@/lib/db/queries/trials/trials'
import { underWayStates } from '@/lib/domain/trial/observation'
import { paths } from '@/lib/paths'
import { WithQueue } from './observe/queue'
import { readCurrent } from './read-current'
import { Signing } from './release/signing'
import classes from './trial.module.css'
import { TrialRecordView } from './trial-record'

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<'ask' | 'asOf' | 'view', string | string[] | undefined>>
}

const trialOr404 = cache(async (id: string): Promise<Trial> => {
  const { db } = await authorize('look')
  const trial = z.uuid().safeParse(id).success ? await findTrial(db, id) : undefined
  return trial ?? notFound()
})

export async function generateMetadata({ params }: Pick<Props, 'params'>): Promise<Metadata> {
  const { number } = await trialOr404((await params).id)
  return { title: `T-${number}` }
}

/**
 * Without a choice in the address, a phone gets the bench alone: a third of the bytes, and nothing hidden to bring to life. Of
 * any other browser a server does not know the width: the style sheet decides.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent
 */
async function viewOf(view: string | string[] | undefined) {
  if (view === 'bench' || view === 'record') return view
  const browser = (await headers()).get('user-agent') ?? ''
  return /Mobi/.test(browser) && !/iPad/.test(browser) ? 'bench' : 'byWidth'
}

/** A trial now, or its history at a past instant, where nothing can be changed. */
export default async function TrialPage({ params, searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const trial = await trialOr404((await params).id)
  const { ask, asOf, view } = await searchParams
  const now = new Date()
  const found = await readTrial(db, actor, { id: trial.id, asOf: asOf?.toString() }, now)
  const isCurrent = found.status === 'shown' && found.history === undefined
  const current = isCurrent ? await readCurrent(db, actor, found.record, now) : undefined
  const asked = typeof ask === 'string' ? ask : undefined
  const isBench = current !== undefined && underWayStates.includes(trial.state)
  const shown = isBench ? await viewOf(view) : 'record'
  const page = (
    <div className={classes.trial} data-view={shown}>
      <RecordPage
        found={found}
        title={`T-${trial.number}`}
        what={`T-${trial.number}`}
        environment={trial.simulated ? 'simulated' : 'real'}
        hrefAt={(instant) => paths.trial(trial.id, { asOf: instant })}
        now={now}
        limits={
          <Text size="sm">
            The outcome that the program proposed is worked out whenever the trial is looked at, and
            kept only where somebody decided on it. Signatures are checked against the record of
            that moment.
          </Text>
        }
      >
        {(record, at) => (
          <TrialRecordView
            {...{ record, at, current, asked, isBench }}
            benchAlone={shown === 'bench'}
          />
        )}
      </RecordPage>
      {shown === 'bench' && (
        <p className={classes.onPaper}>This is bench mode: print the full record.</p>
      )}
    </div>
  )
  if (!current) return page
  return (
    <Signing trialId={trial.id}>
      <WithQueue trialId={trial.id} serverNow={now.toISOString()}>
        <ClockTimes>{page}</ClockTimes>
      </WithQueue>
    </Signing>
  )
}
