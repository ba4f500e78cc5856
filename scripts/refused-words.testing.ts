import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const saidOtherwise = '## Said otherwise'

/** Refused only in names and labels: in a sentence they are ordinary English. */
const ordinaryInSentences =
  /…|^(?:beat|because|change before|change after|enter|lost|most|least|room|turns)$/

/** The left column of the glossary's last table, in lower case. */
export const refusedWords = (): string[] =>
  (
    readFileSync(join(resolve(import.meta.dirname, '..'), 'docs/glossary.md'), 'utf8')
      .split(saidOtherwise)[1]
      ?.split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| Not |')) ?? []
  )
    .flatMap((line) => line.split('|')[1]?.split(/[;,]/) ?? [])
    .map((words) =>
      words
        .replace(/\(.*?\)/g, '')
        .trim()
        .toLowerCase(),
    )
    .filter((word) => word !== '' && !ordinaryInSentences.test(word))
