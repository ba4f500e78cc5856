import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { literal } from '../schema/rule-sql'

type SqlObject = { kind: string; name: string; text: string }

/** Tables of counts, the function that makes them again, and the views that say what they hold, with what those are made of. */
const counts = [
  {
    ...{ table: 'outcome_counts', recount: 'recount_outcomes' },
    folds: [
      ...[
        'trial_end',
        'trial_outcome_fold',
        'outcome_count_fold',
        'outcome_month_fold',
        'trial_review_fold',
      ],
      ...['deviation_entries', 'trial_flow_fold', 'flow_count_fold'],
    ],
  },
  {
    ...{ table: 'device_counts', recount: 'recount_devices' },
    folds: ['counted_device_fold', 'device_count_fold'],
  },
] as const
type Counts = (typeof counts)[number]

const isPartOf =
  (folds: readonly string[]) =>
  ({ kind, name }: SqlObject) =>
    kind === 'columns' || kind === 'functions' || (kind === 'views' && folds.includes(name))

/**
 * Counts the outcomes of all trials and all devices again, if what one counts as may have changed since they were counted: with
 * another text of a fold or of a function, or a new limit of a band. It takes minutes for a million trials.
 */
export async function recountIfChanged(
  tx: postgres.TransactionSql,
  objects: readonly SqlObject[],
): Promise<void> {
  for (const one of counts) await recount(tx, objects, one)
}

async function recount(
  tx: postgres.TransactionSql,
  objects: readonly SqlObject[],
  { table, recount: again, folds }: Counts,
): Promise<void> {
  const texts = objects.filter(isPartOf(folds)).map(({ name, text }) => `${name}\n${text}`)
  const fingerprint = createHash('sha256').update(texts.join('\n')).digest('hex')
  const [counted] = await tx<{ by: string | null }[]>`
    select obj_description(to_regclass(${`public.${table}`}), 'pg_class') as by`
  if (counted?.by === fingerprint) return
  await tx`set constraints all immediate`
  await tx.unsafe(`select ${again}()`)
  await tx`set constraints all deferred`
  await tx.unsafe(`comment on table ${table} is ${literal(fingerprint)}`)
}
