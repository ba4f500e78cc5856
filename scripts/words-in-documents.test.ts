import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { refusedWords, saidOtherwise } from './refused-words.testing'

const root = resolve(import.meta.dirname, '..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = ['.', 'docs', 'docs/decisions', 'findings']
  .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.md'))

/** The text without code, URLs and the list of refused words. */
const sentencesOf = (document: string) =>
  (textOf(document).split(saidOtherwise)[0] ?? '')
    .replaceAll(/```.*?```/gs, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/\s+/g, ' ')

/** Allowed in documents, where they can be right. */
const alsoRight = /^(?:as it was|heeded|let it go|noted|noticed|read again|stands for|told)$/
const words = refusedWords().filter((word) => !alsoRight.test(word))

test.each(documents)("%s is written in the glossary's words", (document) => {
  const text = sentencesOf(document)
  const found = words.flatMap((word) => {
    const at = text.search(new RegExp(String.raw`\b${word}s?\b`, 'i'))
    return at < 0 ? [] : [`${word}: …${text.slice(Math.max(0, at - 30), at + 40)}…`]
  })
  expect(found).toEqual([])
})
