import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Child, root, startNode } from './children'

const nextBin = path.join('node_modules', 'next', 'dist', 'bin', 'next')
const stampFile = path.join(root, '.next', 'oneway-sources')

// What no page is made of. A change in anything else builds anew: rather once too often.
const ignoredFolders =
  /^(node_modules|bench|coverage|docs|drizzle|e2e|scripts|testdata|test-results)$/
const ignoredFiles =
  /(\.test\.tsx?|\.md|\.tsbuildinfo|next-env\.d\.ts|(playwright|vitest)(\.\w+)?\.config\.ts)$/

const listSources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    // .git, .next, .oneway and their like.
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

/** Whether `.next` holds a whole build of the sources as they are now. */
export function isBuilt(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashOfSources()
}

// Without Next's telemetry, and without its repair of lock files, which asks a registry.
const quiet = { NEXT_TELEMETRY_DISABLED: '1', NEXT_IGNORE_INCORRECT_LOCKFILE: '1' }

/** The web server: the webhook, and Next's pages from the build or, in development, from the sources. */
export function startWeb(mode: 'production' | 'development', env: NodeJS.ProcessEnv): Child {
  const args = ['--import', 'tsx', 'lib/web/main.ts', ...(mode === 'development' ? ['dev'] : [])]
  return startNode('The web server', args, { ...env, ...quiet })
}

/**
 * Builds the app. The stamp is written last, so that an interrupted build is none.
 * @param begin told the running build, to stop it when the caller is stopped
 * @throws Error with Next's words
 */
export async function build(begin: (child: Child) => void = () => undefined): Promise<void> {
  const hash = hashOfSources()
  const env = { ...process.env, ...quiet, NODE_ENV: 'production' as const }
  const child = startNode('The build', [nextBin, 'build'], env)
  begin(child)
  const how = await child.exited
  const whole = existsSync(path.join(root, '.next', 'BUILD_ID'))
  if (how !== 'ended with 0' || !whole)
    throw new Error(`The build ${how}:\n${child.output().trim()}`)
  writeFileSync(stampFile, hash)
}
