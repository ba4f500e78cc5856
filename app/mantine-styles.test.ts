import { globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const core = path.resolve('node_modules/@mantine/core')
const read = (file: string) => readFileSync(file, 'utf8')

/** The names that a text imports from Mantine's core; types draw nothing. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*['"]@mantine\/core['"]/g)].flatMap(
    ([, names = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => name.split(' as ')[0] ?? name),
  )

/** Every name of Mantine's core that a page can draw: in our files and in Mantine's other packages. */
const drawn = new Set(
  [
    ...globSync('{app,components}/**/*.tsx').filter((file) => !file.includes('.test.')),
    ...globSync('node_modules/@mantine/{notifications,spotlight}/esm/**/*.mjs'),
  ].flatMap((file) => namesIn(read(file))),
)

/** Where Mantine's core keeps each name that it exports. */
const homes = new Map(
  [...read(`${core}/esm/index.mjs`).matchAll(/import\s*\{([^}]*)\}\s*from\s*"(\.[^"]+)"/g)].flatMap(
    ([, names = '', file = '']) =>
      names.split(',').map((name): [string, string] => {
        const own = name.trim().split(' as ')
        return [own.at(-1) ?? '', path.join(core, 'esm', file)]
      }),
  ),
)

/** The style sheets that a module of Mantine and all that it imports take their classes from. */
function sheetsOf(file: string, seen: Set<string>, sheets: Set<string>): void {
  if (seen.has(file)) return
  seen.add(file)
  const sheet = /([^/]+)\.module\.mjs$/.exec(file)?.[1]
  if (sheet) sheets.add(`${sheet}.css`)
  else
    for (const [, next = ''] of read(file).matchAll(/from\s*"(\.[^"]+)"/g))
      sheetsOf(path.resolve(path.dirname(file), next), seen, sheets)
}

test('every component that is drawn has its style sheet, none is loaded for nothing, and their order is Mantine’s', () => {
  const [seen, sheets] = [new Set<string>(), new Set<string>()]
  for (const name of drawn) {
    const file = homes.get(name)
    if (file) sheetsOf(file, seen, sheets)
  }
  const whole = read(`${core}/styles.css`)
  const files = readdirSync(`${core}/styles`).filter((file) => !file.endsWith('.layer.css'))
  const always = ['baseline.css', 'default-css-variables.css', 'global.css']
  const needed = files
    .filter((file) => always.includes(file) || sheets.has(file))
    .map((file) => ({ file, at: whole.indexOf(read(`${core}/styles/${file}`).slice(0, 200)) }))
    .sort((a, b) => a.at - b.at)
  expect(needed.filter(({ at }) => at < 0)).toEqual([])
  expect(sheets.size).toBeGreaterThan(20)
  const loaded = [
    ...read('app/mantine-styles.ts').matchAll(/^import '@mantine\/core\/styles\/(.+)'$/gm),
  ].map(([, file]) => file)
  expect(loaded).toEqual(needed.map(({ file }) => file))
})
