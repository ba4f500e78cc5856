import { is, Param, Placeholder, sql } from 'drizzle-orm'
import type { Db } from './client'

type Values = Record<string, unknown>

/** What Drizzle's builders have in common. */
type Buildable<Result> = { prepare(name: string): Built<Result> }
type Built<Result> = {
  getQuery(): { sql: string; params: unknown[] }
  execute(): Promise<Result>
}

/** More shapes than any statement has; where they come from outside, a statement must not keep them all. */
const maxShapes = 100

/**
 * Gives a statement that Drizzle builds once for each set of columns, where it would otherwise build it anew at each use:
 * for what is done for each event. `build` gets stand-ins in place of the values, so it must not look at them; values that
 * are undefined are left out, as Drizzle does. It runs in whatever pool or transaction it is given, and its text is what
 * Drizzle would have sent.
 */
export function statement<V extends Values, Result>(
  build: (db: Db, values: V) => Buildable<Result>,
): (db: Db, values: V) => Promise<Result> {
  const run = rowsStatement<V, Result>((db, [row]) => {
    if (!row) throw new Error('a statement was given no values')
    return build(db, row)
  })
  return (db, values) => run(db, [values])
}

/** The same for a statement of several rows. It is built once for each number of them. */
export function rowsStatement<V extends Values, Result>(
  build: (db: Db, rows: V[]) => Buildable<Result>,
): (db: Db, rows: readonly V[]) => Promise<Result> {
  const known = new Map<string, Known<Result>>()
  return (db, rows) => {
    const given = rows.map(withoutUndefined)
    const shape = given.map((row) => Object.keys(row).join()).join(';')
    let one = known.get(shape)
    if (!one) {
      if (known.size >= maxShapes) known.clear()
      const built = build(db, given.map(standIns<V>)).prepare('')
      one = { built, slots: built.getQuery().params.map(slotOf) }
      known.set(shape, one)
    }
    return runOn(db, one, given)
  }
}

type Known<Result> = { built: Built<Result>; slots: Slot[] }

/** Where the value of a parameter comes from. */
type Slot = (rows: readonly Values[]) => unknown

const withoutUndefined = (row: Values): Values =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))

/** Drizzle takes a stand-in wherever it takes a value; its types do not say so. */
const standIns = <V extends Values>(row: Values, index: number): V =>
  Object.fromEntries(Object.keys(row).map((key) => [key, sql.placeholder(`${index} ${key}`)])) as V

/** Drizzle's own filling makes a JSON null of null. */
function slotOf(param: unknown): Slot {
  if (is(param, Placeholder)) {
    const find = finder(param.name)
    return (rows) => {
      const value = find(rows)
      return value instanceof Date ? value.toISOString() : value
    }
  }
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param
  const { encoder } = param
  const find = finder(param.value.name)
  return (rows) => {
    const value = find(rows)
    return value === null ? null : encoder.mapToDriverValue(value)
  }
}

function finder(name: string): Slot {
  const [index = '', key = ''] = name.split(' ')
  return (rows) => rows[Number(index)]?.[key]
}

function runOn<Result>(
  db: Db,
  { built, slots }: Known<Result>,
  rows: readonly Values[],
): Promise<Result> {
  // What was built belongs to the pool or transaction of its first use; whether it is prepared is for the client to say.
  const own: Built<Result> = Object.create(built, {
    client: { value: Reflect.get(db._.session, 'client') },
    params: { value: slots.map((slot) => slot(rows)) },
    prepare: { value: false },
  })
  return own.execute()
}
