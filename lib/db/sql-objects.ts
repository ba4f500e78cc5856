import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { literal } from './set-up-trail'

/**
 * The views, functions and guard triggers that stand as current text, one file each, beside the tables
 * that the migrations make. A file is put up again whenever any of them changed:
 * - `functions/NAME.sql`: `create or replace function NAME`
 * - `guards/NAME.sql`: a trigger function with its triggers (`create or replace trigger`; a constraint
 *   trigger is dropped first, as PostgreSQL replaces none)
 * - `views/NAME.sql`: `create view NAME`; it is dropped first, so its columns may change
 */
export const sqlFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), 'sql')

const kinds = ['functions', 'guards', 'views'] as const
type SqlObject = { kind: (typeof kinds)[number]; name: string; text: string }

/** The objects in the order in which they can be put up: a view may use a function, none the other way. */
export function listSqlObjects(folder = sqlFolder): SqlObject[] {
  const present = kinds.filter((kind) => existsSync(path.join(folder, kind)))
  return present.flatMap((kind) =>
    readdirSync(path.join(folder, kind))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => ({
        kind,
        name: path.basename(file, '.sql'),
        text: readFileSync(path.join(folder, kind, file), 'utf8'),
      })),
  )
}

const dropView = (name: string) => `drop view if exists public."${name}"`

const fingerprintIn = async (sql: postgres.Sql): Promise<string | undefined> => {
  const [schema] = await sql<{ fingerprint: string | null }[]>`
    select obj_description(oid, 'pg_namespace') as fingerprint from pg_namespace where nspname = 'drizzle'`
  return schema?.fingerprint ?? undefined
}

/**
 * Takes the views away, as no column can be altered that a view shows; they are put up after the migrations.
 * Views that only migrations have made stay, as a later one of those may patch them.
 */
export async function dropSqlViews(sql: postgres.Sql): Promise<void> {
  if ((await fingerprintIn(sql)) === undefined) return
  await sql.begin(async (tx) => {
    // Whatever ends this start before they stand again: the next one must not believe they are there.
    await tx.unsafe('comment on schema drizzle is null')
    for (const { kind, name } of listSqlObjects().toReversed())
      if (kind === 'views') await tx.unsafe(dropView(name))
  })
}

/**
 * Puts the objects up where they are not as their files say, in one transaction.
 * @param sql one connection as the owner, which no other start shares at this moment
 * @param folder holds the folders of the kinds
 * @throws Error of PostgreSQL with the name of the file it refused
 */
export async function setUpSqlObjects(sql: postgres.Sql, folder = sqlFolder): Promise<void> {
  const objects = listSqlObjects(folder)
  const texts = objects.map(({ kind, name, text }) => `${kind}/${name}\n${text}`)
  const fingerprint = createHash('sha256').update(texts.join('\n')).digest('hex')
  if ((await fingerprintIn(sql)) === fingerprint) return
  await sql.begin(async (tx) => {
    // A function may call one that comes after it in the alphabet.
    await tx.unsafe('set local check_function_bodies = off')
    for (const { kind, name } of objects.toReversed())
      if (kind === 'views') await tx.unsafe(dropView(name))
    for (const object of objects) await putUp(tx, object)
    await tx.unsafe(`comment on schema drizzle is ${literal(fingerprint)}`)
  })
}

async function putUp(tx: postgres.TransactionSql, { kind, name, text }: SqlObject): Promise<void> {
  try {
    await tx.unsafe(text)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Error(`lib/db/sql/${kind}/${name}.sql was refused: ${said}`, { cause: error })
  }
}
