import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { literal } from '../schema/rule-sql'

type SqlObject = { kind: string; name: string; text: string }

/** The views that say what the kept counts hold, and what they are made of. */
const folds = ['trial_end', 'trial_outcome_fold', 'outcome_count_fold', 'trial_review_fold']
const isOfFolds = ({ kind, name }: SqlObject) =>
  kind === 'columns' || kind === 'functions' || (kind === 'views' && folds.includes(name))

/**
 * Counts the outcomes of all trials again, if what a trial counts as may have changed since they were counted: with
 * another text of a fold or of a function, or a new limit of a band. It takes minutes for a million trials.
 */
export async function recountIfChanged(
  tx: postgres.TransactionSql,
  objects: readonly SqlObject[],
): Promise<void> {
  const texts = objects.filter(isOfFolds).map(({ name, text }) => `${name}\n${text}`)
  const fingerprint = createHash('sha256').update(texts.join('\n')).digest('hex')
  const [counted] = await tx<{ by: string | null }[]>`
    select obj_description('public.outcome_counts'::regclass, 'pg_class') as by`
  if (counted?.by === fingerprint) return
  await tx`set constraints all immediate`
  await tx`select recount_outcomes()`
  await tx`set constraints all deferred`
  await tx.unsafe(`comment on table outcome_counts is ${literal(fingerprint)}`)
}
