import { answerQuery, askQuery, closeQuery } from '@/lib/core/record/query-trial'
import { approveTrial, lockTrial } from '@/lib/core/record/seal-trial'
import { must } from './play-trial'
import type { Player, Stage } from './stage'
import type { ReviewEnd } from './trials'

type Reviewing = { stage: Stage; trialId: string; reviewer: Player; author: Player }

/** Reviews a trial as far as the story says; whoever reviews it has not contributed to it. */
export async function review(reviewing: Reviewing, end: ReviewEnd): Promise<void> {
  if (end === 'none') return
  if (end === 'openQuery') {
    await ask(
      reviewing,
      'Which charger was it on? The same device updated in half the time before.',
    )
    return
  }
  if (end === 'answeredQuery') await askAndAnswer(reviewing)
  await seal(reviewing, 'approve')
  if (end !== 'approved') await seal(reviewing, 'lock')
}

async function ask({ stage, trialId, reviewer }: Reviewing, text: string): Promise<number> {
  const query = { trialId, field: 'startingState.externalPower', text }
  const asked = await stage.act((now) => askQuery(stage.tx, reviewer.actor, query, now))
  return must(asked, 'recorded').id
}

async function askAndAnswer(reviewing: Reviewing): Promise<void> {
  const { stage, trialId, reviewer, author } = reviewing
  const queryId = await ask(reviewing, 'Was it plugged in all the time, or at the start only?')
  const answer = { trialId, queryId, text: 'All the time: the 12 W charger of bench 2.' }
  must(await stage.act((now) => answerQuery(stage.tx, author.actor, answer, now)), 'recorded')
  const close = { trialId, queryId, text: 'That settles it.' }
  must(await stage.act((now) => closeQuery(stage.tx, reviewer.actor, close, now)), 'recorded')
}

async function seal({ stage, trialId, reviewer }: Reviewing, act: 'approve' | 'lock') {
  const proofId = await stage.prove(reviewer, act, trialId)
  const service = act === 'approve' ? approveTrial : lockTrial
  must(
    await stage.act((now) => service(stage.tx, reviewer.actor, { trialId, proofId }, now)),
    'sealed',
  )
}
