import { expect, test } from 'vitest'
import { describeStartError } from './start-error'

const about = {
  variable: 'DATABASE_URL',
  url: 'postgres://lab:hunter2@db.example:5432/oneway',
  step: 'bringing the database to this version of Oneway',
}
const error = (code: string, message: string) => Object.assign(new Error(message), { code })

const cases: [what: string, thrown: unknown, says: RegExp][] = [
  [
    'nobody answers',
    error('ECONNREFUSED', 'connect ECONNREFUSED'),
    /no PostgreSQL answers at db\.example:5432/,
  ],
  ['no such name', error('ENOTFOUND', 'getaddrinfo ENOTFOUND db.example'), /no PostgreSQL answers/],
  [
    'a parameter of another program',
    error('42704', 'unrecognized configuration parameter "channel_binding"'),
    /the parameter "channel_binding".*Take it out/,
  ],
  ['a pooler', error('08P01', 'unsupported startup parameter: role'), /pooler.*DATABASE_OWNER_URL/],
  [
    'a wrong password',
    error('28P01', 'password authentication failed'),
    /refuses the user or the password/,
  ],
  ['no such database', error('3D000', 'database "oneway" does not exist'), /Create it first/],
  [
    'a right that is missing, below what Drizzle says',
    new Error('Failed query: CREATE SCHEMA IF NOT EXISTS "drizzle"', {
      cause: error('42501', 'permission denied for database oneway'),
    }),
    /permission denied.*hold CREATE on the database and on the schema public/,
  ],
  [
    'a standby',
    error('25006', 'cannot execute DROP SCHEMA in a read-only transaction'),
    /it is a standby.*Name the primary/,
  ],
  [
    'anything else',
    error('XX000', 'tuple concurrently updated'),
    /tuple concurrently updated \(XX000\)/,
  ],
  ['no error of the driver', new Error('The migration was edited'), /The migration was edited$/],
]

test.each(cases)('%s: the variable, the step and the way out are named', (_, thrown, says) => {
  const text = describeStartError(thrown, about)
  expect(text).toMatch(/^DATABASE_URL, bringing the database to this version of Oneway: /)
  expect(text).toMatch(says)
  expect(text).not.toContain('hunter2')
})
