import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const folder = resolve(import.meta.dirname, '../docs/decisions')
const files = readdirSync(folder)
  .filter((file) => /^\d/.test(file))
  .sort()
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')

const link = String.raw`\[\d{3}\]\(\d{3}-[a-z0-9-]+\.md\)`
const links = `${link}(?:, ${link})*`
const status = `(?:proposed|accepted|accepted, amended by ${links}|superseded by ${links})`
const form = new RegExp(
  String.raw`^# (?<number>\d{3}) (?<title>[^\n]+)\n\n` +
    String.raw`- Status: (?<status>${status})\n- Date: \d{4}-\d{2}-\d{2}\n- Supersedes: (?<supersedes>[^\n]+)\n\n` +
    String.raw`## Context\n\n.+?\n\n## Choice\n\n.+?\n\n## Consequences\n\n.+\n$`,
  's',
)

const read = (file: string) => {
  const { number, title, status, supersedes } = form.exec(textOf(file))?.groups ?? {}
  return { file, number, title, status: status ?? '', supersedes: supersedes ?? '' }
}
const linksIn = (text: string) =>
  [...text.matchAll(/\]\((\d{3}-[^)]+)\)/g)].map(([, to = '']) => to)

test.each(files)('%s has the form of a decision and a status', (file) => {
  const text = textOf(file)
  expect(text).toMatch(form)
  expect(read(file).number).toBe(file.slice(0, 3))
  expect(text.match(/^## .+$/gm)).toEqual(['## Context', '## Choice', '## Consequences'])
})

test('the numbers begin with 001 and have no gap', () => {
  expect(files.map((file) => Number(file.slice(0, 3)))).toEqual(files.map((_, index) => index + 1))
})

test('links between decisions lead to existing files', () => {
  const missing = files.flatMap((file) =>
    linksIn(textOf(file))
      .filter((to) => !files.includes(to))
      .map((to) => `${file} -> ${to}`),
  )
  expect(missing).toEqual([])
})

test('a decision that amends or supersedes another one is named in the status of that one', () => {
  const older = files.flatMap((file) =>
    linksIn(read(file).status).map((newer) => `${newer} changes ${file}`),
  )
  const newer = files.flatMap((file) =>
    linksIn(read(file).supersedes).map((changed) => `${file} changes ${changed}`),
  )
  expect(older.toSorted()).toEqual(newer.toSorted())
})

test('the index has a line for each decision, with its title and status', () => {
  const rows = textOf('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| ['))
  expect(rows).toEqual(
    files.map(read).map(({ file, number, title, status }) => {
      return `| [${number}](${file}) | ${title} | ${status} |`
    }),
  )
})
