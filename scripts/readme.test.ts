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

test('docs/scripts.md lists exactly the npm scripts, once each', () => {
  expect(listed.toSorted()).toEqual(Object.keys(about.scripts).toSorted())
})

test('the README has the two commands and takes less than four minutes to read', () => {
  const readme = textOf('README.md')
  expect(readme).toContain('```\nnpm start\n```')
  expect(readme).toContain('```\nnpm test\n```')
  const wordsAMinute = 300
  expect(readme.split(/\s+/).length / wordsAMinute).toBeLessThan(4)
})
