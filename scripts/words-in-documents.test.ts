import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = ['.', 'docs', 'docs/decisions', 'findings']
  .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.md'))

const saidOtherwise = '## Said otherwise'
/** The left column, where a word of it is never right; the others depend on what is meant. */
const refused = textOf('docs/glossary.md')
  .split(saidOtherwise)[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Not |'))
  .flatMap((line) => line.split('|')[1]?.split(/[;,]/) ?? [])
  .map((words) => words.replace(/\(.*?\)/g, '').trim())
const dependsOnWhatIsMeant =
  /…|^(?:as it was|beat|because|change before|change after|enter|heeded|let it go|most|noticed|read again|room|stands for|told|noted|turns)$/i

/** Names in code, addresses and the list itself are no sentences. */
const sentencesOf = (document: string) =>
  (textOf(document).split(saidOtherwise)[0] ?? '')
    .replaceAll(/```.*?```/gs, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/\s+/g, ' ')

const words = (refused ?? []).filter((word) => word && !dependsOnWhatIsMeant.test(word))

test('the glossary says which words are not used', () => {
  expect(words).toContain('deed')
  expect(words).toContain('sign of life')
  expect(words.length).toBeGreaterThan(15)
})

test.each(documents)("%s is written in the glossary's words", (document) => {
  const text = sentencesOf(document)
  const found = words.flatMap((word) => {
    const at = text.search(new RegExp(String.raw`\b${word}s?\b`, 'i'))
    return at < 0 ? [] : [`${word}: …${text.slice(Math.max(0, at - 30), at + 40)}…`]
  })
  expect(found).toEqual([])
})
