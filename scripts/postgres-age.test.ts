import { expect, test } from 'vitest'
import { bundledPostgres, postgresAge } from './postgres-age'

test('an old bundled PostgreSQL is reported with its age and where to read what to do', () => {
  expect(postgresAge('18.4', new Date('2026-06-01T12:00:00Z'))).toBe(
    'PostgreSQL 18.4, bundled, released 2026-05-14, 18 days ago',
  )
  expect(postgresAge('18.4', new Date('2026-11-28T12:00:00Z'))).toBe(
    'PostgreSQL 18.4, bundled, released 2026-05-14, 198 days ago: newer fixes exist by now. docs/operations.md says how to use a patched one',
  )
})

test('the release date of the bundled version is known', () => {
  expect(postgresAge(bundledPostgres(), new Date())).not.toContain('not known')
})
