import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file))
const documents = ['.', 'docs', 'docs/decisions', 'findings'].flatMap(markdownIn)

const folders = 'app|bench|components|docs|drizzle|e2e|findings|lib|scenarios|scripts'
/** `lib/db/client.ts`, `app/trials/[id]/page.tsx`, in code or in a sentence, but not within a URL. */
const named = new RegExp(
  String.raw`(?<![\w./<>-])(?:(?:${folders})/[\w./[\]-]*|\.ci/\w+)(?![\w<…*])`,
  'g',
)
/** `package.json`, alone between backticks. */
const inRoot = /`(?<file>[\w.-]+\.(?:json|md|mjs|ts))`/g

/** Paths of a document: link targets are relative to it, paths in the text to the root. */
const pathsIn = (document: string) => {
  const text = readFileSync(join(root, document), 'utf8')
  const links = [...text.matchAll(/\]\(<?([^)<>#\s]+)>?(?:#[^)]*)?\)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !/^(?:https?:|\/)/.test(to))
    .map((to) => normalize(join(dirname(document), to)))
  const words = text.replaceAll(/\]\([^)]*\)/g, ' ').replaceAll(/https?:\S+/g, '')
  return [...links, ...[...words.matchAll(named)].map(([path]) => path.replace(/[./]+$/, ''))]
}

test.each(documents)('every path that %s names exists', (document) => {
  const missing = pathsIn(document).filter((path) => !existsSync(join(root, path)))
  expect([...new Set(missing)]).toEqual([])
})

test('paths are found in links, in code and in sentences', () => {
  expect(pathsIn('CONTRIBUTING.md').length).toBeGreaterThan(100)
  expect(pathsIn('docs/faults.md')).toContain('lib/core/release/deliver.test.ts')
  expect(pathsIn('docs/environment.md')).toContain('lib/env.ts')
})

test('every file in the root that CONTRIBUTING.md names in code exists', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const files = [...text.matchAll(inRoot)].map(({ groups }) => groups?.file ?? '')
  expect(files).not.toEqual([])
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
})
