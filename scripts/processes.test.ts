import { expect, test } from 'vitest'
import { readEnv } from '@/lib/env'
import { demandShared, onlyRole } from './processes'

test('npm start runs every process, or the one that --only names', () => {
  expect(onlyRole([])).toBeUndefined()
  expect(onlyRole(['--https', '--only', 'web'])).toBe('web')
  expect(onlyRole(['--only=worker'])).toBe('worker')
})

test.each([['--only'], ['--only', 'pages'], ['--only='], ['--only', '--https']])(
  '%s %s is refused with the names of the processes',
  (...args) => {
    expect(() => onlyRole(args)).toThrow('--only needs one of web, listener, worker.')
  },
)

const shared = {
  DATABASE_URL: 'postgres://oneway@db/oneway',
  BETTER_AUTH_SECRET: 'x'.repeat(32),
  ONEWAY_SECRET_KEY_FILE: '/run/secrets/oneway',
}

test('one process of several needs the database and the keys that all share', () => {
  expect(() => demandShared(readEnv(shared))).not.toThrow()
  expect(() => demandShared(readEnv({ ...shared, BETTER_AUTH_SECRET: '' }))).toThrow(
    '--only needs BETTER_AUTH_SECRET: the processes share one database and its keys.',
  )
})

test('everything that is wrong with --only is said at once', () => {
  expect(() => demandShared(readEnv({}))).toThrow(
    /DATABASE_URL, BETTER_AUTH_SECRET, ONEWAY_SECRET_KEY or .*\n.*ONEWAY_DEMO/,
  )
})
