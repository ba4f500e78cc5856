import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Child, root, startNode } from './children'
import { acquire } from './lock.mjs'

const nextBin = path.join('node_modules', 'next', 'dist', 'bin', 'next')
const stampFile = path.join(root, '.next', 'oneway-sources')

// Not part of the app. A change to anything else causes a build, even if no page depends on it.
const ignoredFolders =
  /^(node_modules|bench|coverage|docs|drizzle|e2e|scripts|testdata|test-results)$/
const ignoredFiles =
  /(^Dockerfile|^compose\.yaml|\.test\.tsx?|\.md|\.tsbuildinfo|next-env\.d\.ts|(playwright|vitest)(\.\w+)?\.config\.ts)$/

const listSources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    // Such as .git, .next and .oneway.
    if (entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return ignoredFolders.test(entry.name) ? [] : listSources(file)
    return entry.isFile() && !ignoredFiles.test(entry.name) ? [file] : []
  })

const hashOfSources = () => {
  const hash = createHash('sha256')
  for (const file of listSources(root).sort()) {
    const content = readFileSync(file)
    hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Whether `.next` contains a complete build of the current sources. */
export function isBuilt(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashOfSources()
}

// Turns off Next's telemetry and its repair of lock files, which queries a registry.
const quiet = { NEXT_TELEMETRY_DISABLED: '1', NEXT_IGNORE_INCORRECT_LOCKFILE: '1' }

/** Starts the web server: Next's pages from the build or, in development, from the sources, with the webhook beside them. */
export function startWeb(mode: 'production' | 'development', env: NodeJS.ProcessEnv): Child {
  const args = ['--import', 'tsx', 'lib/web/main.ts', ...(mode === 'development' ? ['dev'] : [])]
  return startNode('The web server', args, { ...env, ...quiet })
}

const lockFolder = path.join(root, '.oneway-build')
const waitMs = 15 * 60_000

/**
 * Builds the app. If another process is building it, waits for that build instead, because Next refuses a second one
 * in the same folder.
 * @param begin receives the running build, so that the caller can stop it
 * @throws Error with Next's output
 */
export async function build(begin: (child: Child) => void = () => undefined): Promise<void> {
  const wasBuilt = isBuilt()
  const lock = await acquire(lockFolder, {}, { waitMs })
  if ('heldBy' in lock)
    throw new Error(`Process ${lock.heldBy.pid} has been building for over 15 minutes.`)
  try {
    if (wasBuilt || !isBuilt()) await buildAlone(begin)
  } finally {
    lock.release()
  }
}

/** The stamp is written last, so that an interrupted build does not count. */
async function buildAlone(begin: (child: Child) => void): Promise<void> {
  const hash = hashOfSources()
  const env = { ...process.env, ...quiet, NODE_ENV: 'production' as const }
  const child = startNode('The build', [nextBin, 'build'], env)
  begin(child)
  const how = await child.exited
  const complete = existsSync(path.join(root, '.next', 'BUILD_ID'))
  if (how !== 'ended with 0' || !complete)
    throw new Error(`The build ${how}:\n${child.output().trim()}`)
  hintScripts(path.join(root, '.next', 'static', 'chunks'))
  writeFileSync(stampFile, hash)
}

/** Asks a browser to compile all of a file while it loads, on another thread than the page's. */
const compileHint = '//# allFunctionsCalledOnLoad\n'

/**
 * Writes the hint before each script of a folder. Every module of the build is a function that is called when the page
 * comes to life, and would be compiled only then (docs/decisions/111-scripts-compile-while-they-load.md).
 */
export function hintScripts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    if (!name.endsWith('.js')) continue
    const script = readFileSync(file, 'utf8')
    if (!script.startsWith(compileHint)) writeFileSync(file, compileHint + script)
  }
}
