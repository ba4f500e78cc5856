import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { literal } from '../schema/rule-sql'
import { recountIfChanged } from './recount'
import { sqlValues, withValues } from './values'

/**
 * The folder of views, functions and guard triggers, with the current text of each in one file. All are created again
 * whenever any of them has changed; tables are made by migrations:
 * - `columns/NAME.sql`: a function that computes a generated column, created before the migrations. PostgreSQL does
 *   not compute stored columns again when it changes: a migration must write the rows again
 * - `functions/NAME.sql`: `create or replace function NAME`
 * - `guards/NAME.sql`: a trigger function with its triggers (`create or replace trigger`; a constraint
 *   trigger is dropped first, as PostgreSQL replaces none)
 * - `views/NAME.sql`: `create view NAME`; it is dropped first, so its columns may change
 * `{{name}}` in a text stands for a rule of lib/domain; see lib/db/sql/values.ts.
 */
export const sqlFolder = path.dirname(fileURLToPath(import.meta.url))

const kinds = ['columns', 'functions', 'guards', 'views'] as const
type Kind = (typeof kinds)[number]
type SqlObject = { kind: Kind; name: string; text: string }

/** The objects in the order in which they must be created: a view may use a function, but no function a view. */
export function listSqlObjects(folder = sqlFolder, values = sqlValues): SqlObject[] {
  const present = kinds.filter((kind) => existsSync(path.join(folder, kind)))
  return present.flatMap((kind) =>
    readdirSync(path.join(folder, kind))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => ({
        kind,
        name: path.basename(file, '.sql'),
        text: withValues(readFileSync(path.join(folder, kind, file), 'utf8'), values),
      })),
  )
}

const fingerprintIn = async (tx: postgres.TransactionSql): Promise<string | undefined> => {
  const [schema] = await tx<{ fingerprint: string | null }[]>`
    select obj_description(oid, 'pg_namespace') as fingerprint from pg_namespace where nspname = 'drizzle'`
  return schema?.fingerprint ?? undefined
}

const putUpAll = async (
  tx: postgres.TransactionSql,
  objects: readonly SqlObject[],
  kind: Kind,
): Promise<void> => {
  for (const object of objects) if (object.kind === kind) await putUp(tx, object)
}

const dropViews = async (tx: postgres.TransactionSql, objects: readonly SqlObject[]) => {
  for (const { kind, name } of objects.toReversed())
    if (kind === 'views') await tx.unsafe(`drop view if exists public."${name}"`)
}

/**
 * Drops the views and creates the functions of columns: a column that a view uses cannot be altered, and one whose
 * function is missing cannot be added. `setUpSqlObjects` must follow in the same transaction.
 */
export async function prepareForMigrations(tx: postgres.TransactionSql): Promise<void> {
  const objects = listSqlObjects()
  await dropViews(tx, objects)
  await putUpAll(tx, objects, 'columns')
  await tx`create schema if not exists drizzle`
  await tx`comment on schema drizzle is null`
}

/**
 * Creates all objects, if any of them differs from its file.
 * @param objects in the order of `listSqlObjects`
 * @throws Error of PostgreSQL with the name of the file it refused; the transaction cannot be used afterwards
 */
export async function setUpSqlObjects(
  tx: postgres.TransactionSql,
  objects: readonly SqlObject[] = listSqlObjects(),
): Promise<void> {
  const texts = objects.map(({ kind, name, text }) => `${kind}/${name}\n${text}`)
  const fingerprint = createHash('sha256').update(texts.join('\n')).digest('hex')
  if ((await fingerprintIn(tx)) === fingerprint) return
  // A function may call one that is created after it.
  await tx`set local check_function_bodies = off`
  await dropViews(tx, objects)
  for (const kind of kinds) await putUpAll(tx, objects, kind)
  await recountIfChanged(tx, objects)
  // Any of them may be part of a line.
  await tx`select begin_trial_lines()`
  await tx.unsafe(`comment on schema drizzle is ${literal(fingerprint)}`)
}

async function putUp(tx: postgres.TransactionSql, { kind, name, text }: SqlObject): Promise<void> {
  try {
    await tx.unsafe(text)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Error(`lib/db/sql/${kind}/${name}.sql was refused: ${said}`, { cause: error })
  }
}
