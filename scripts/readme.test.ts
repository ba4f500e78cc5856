import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const about: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'))

// The first column of its tables: `npm run db:backup -- <new folder>`.
const listed = textOf('docs/scripts.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.replace(/^\| `npm (run )?/, '').split(/[` ]/)[0] ?? '')

test('docs/scripts.md lists every npm script, once, and no other', () => {
  expect(listed.toSorted()).toEqual(Object.keys(about.scripts).toSorted())
})

test('the README gives the two commands, and can be read in a few minutes', () => {
  const readme = textOf('README.md')
  expect(readme).toContain('```\nnpm start\n```')
  expect(readme).toContain('```\nnpm test\n```')
  const wordsAMinute = 300
  expect(readme.split(/\s+/).length / wordsAMinute).toBeLessThan(4)
})
