import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { literal } from '../schema/rule-sql'
import { sqlValues, withValues } from './values'

/**
 * The views, functions and guard triggers that stand as current text, one file each, beside the tables
 * that the migrations make. All are put up again whenever any of them changed:
 * - `columns/NAME.sql`: a function that a generated column is computed with, put up before the migrations.
 *   PostgreSQL does not compute stored columns anew when it changes: a migration must write the rows again
 * - `functions/NAME.sql`: `create or replace function NAME`
 * - `guards/NAME.sql`: a trigger function with its triggers (`create or replace trigger`; a constraint
 *   trigger is dropped first, as PostgreSQL replaces none)
 * - `views/NAME.sql`: `create view NAME`; it is dropped first, so its columns may change
 * `{{name}}` in a text is a rule of lib/domain: lib/db/sql/values.ts.
 */
export const sqlFolder = path.dirname(fileURLToPath(import.meta.url))

const kinds = ['columns', 'functions', 'guards', 'views'] as const
type Kind = (typeof kinds)[number]
type SqlObject = { kind: Kind; name: string; text: string }

/** The objects in the order in which they can be put up: a view may use a function, none the other way. */
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
 * Makes way for migrations: no column can be altered that a view shows, and none added whose function is
 * missing. `setUpSqlObjects` must follow in the same transaction.
 */
export async function prepareForMigrations(tx: postgres.TransactionSql): Promise<void> {
  const objects = listSqlObjects()
  await dropViews(tx, objects)
  await putUpAll(tx, objects, 'columns')
  await tx`create schema if not exists drizzle`
  await tx`comment on schema drizzle is null`
}

/**
 * Puts the objects up where they are not as their files say.
 * @param objects in their order
 * @throws Error of PostgreSQL with the name of the file it refused; the transaction is then of no use
 */
export async function setUpSqlObjects(
  tx: postgres.TransactionSql,
  objects: readonly SqlObject[] = listSqlObjects(),
): Promise<void> {
  const texts = objects.map(({ kind, name, text }) => `${kind}/${name}\n${text}`)
  const fingerprint = createHash('sha256').update(texts.join('\n')).digest('hex')
  if ((await fingerprintIn(tx)) === fingerprint) return
  // A function may call one that comes after it in the alphabet.
  await tx`set local check_function_bodies = off`
  await dropViews(tx, objects)
  for (const kind of kinds) await putUpAll(tx, objects, kind)
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
