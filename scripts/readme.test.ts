import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const about: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

// The first column of the table: `npm run db:migrate`, `db:reset`, `seed`.
const listed = readme
  .slice(readme.indexOf('\n## Scripts'))
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => line.split(' | ')[0]?.match(/`[^`]+`/g) ?? [])
  .map((code) => code.replaceAll('`', '').replace(/^npm (run )?/, ''))
  .map((code) => code.split(' ')[0] ?? '')

test('the README lists every npm script, once, and no other', () => {
  expect(listed.toSorted()).toEqual(Object.keys(about.scripts).toSorted())
})

test('every file that the README links to exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.startsWith('http'))
  expect(links.length).toBeGreaterThan(15)
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
})
