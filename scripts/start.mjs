// `npm start` and `npm run dev`. Plain JavaScript without dependencies: it runs on the machine's Node
// before anything is installed, then starts scripts/serve.ts on the pinned Node.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { environmentFor, exitWithError, loadDotEnv, prepare, root } from './bootstrap.mjs'
import { acquire } from './lock.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
// A server whose parent was killed takes a moment to notice and to free its port.
const orphanDeadlineMs = 5000

// Checks only port and folder; lib/env.ts checks the whole environment later.
const readPlace = () => {
  const { PORT = '', HOST = '', ONEWAY_DATA = '' } = process.env
  if (PORT !== '' && !(/^\d+$/.test(PORT) && Number(PORT) >= 1 && Number(PORT) <= 65_535)) {
    exitWithError(`PORT is "${PORT}"; it must be a number from 1 to 65535.`)
  }
  const dataDir = path.resolve(root, ONEWAY_DATA || '.oneway')
  return { port: Number(PORT || 3000), host: HOST || '127.0.0.1', dataDir }
}

const listenError = ({ host, port }) =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

const describe = (error, { host, port }) => {
  const other = `PORT=${port === 65_535 ? port - 1 : port + 1} npm start`
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is used by another program. Choose another port: ${other}`
  }
  if (error.code === 'EACCES') {
    return `This user may not listen on port ${port} (ports below 1024 are root's). Choose another port: PORT=3000 npm start`
  }
  return `This machine cannot listen on HOST=${host}, port ${port}: ${error.message}. Choose an address of this machine, such as HOST=127.0.0.1.`
}

const checkPort = async (place, deadlineMs) => {
  const begun = Date.now()
  for (;;) {
    const error = await listenError(place)
    if (!error) return
    const mayPass = error.code === 'EADDRINUSE' && Date.now() - begun < deadlineMs
    if (!mayPass) return exitWithError(describe(error, place))
    await sleep(100)
  }
}

const unowned = { tookOver: false, markStopping: () => undefined, release: () => undefined }

const own = async ({ dataDir, host, port }) => {
  const scheme =
    process.argv.includes('--https') || process.env.ONEWAY_TLS_CERT_FILE ? 'https' : 'http'
  const address = `${scheme}://${host}:${port}`
  const lock = await acquire(dataDir, { address, since: new Date() })
  if (!('heldBy' in lock)) return lock
  const { pid, address: other, since } = lock.heldBy
  return exitWithError(
    [
      `Oneway is already running on this data folder: ${other}, process ${pid}, since ${since}.`,
      `  Folder: ${dataDir}`,
      '  Stop it with Ctrl-C where it runs, or start a second lab on a folder and a port of its own:',
      `  ONEWAY_DATA=.oneway-2 PORT=${port + 1} npm start`,
    ].join('\n'),
  )
}

const procFile = (pid, name) => {
  const file = `/proc/${pid}/${name}`
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

// npm runs a script through `sh -c`. Some shells replace themselves with the command; others stay as its
// parent, and then only /proc shows the process above them.
const launchersOf = () => {
  const viaShell = procFile(process.ppid, 'cmdline').split('\0')[1] === '-c'
  const stat = viaShell ? procFile(process.ppid, 'stat') : ''
  return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? ''}`
}

// npm forwards signals; but if npm itself is killed, the lab would run on with nothing to stop it.
const whenNpmDies = (stop) => {
  if (!process.env.npm_lifecycle_event) return
  const launchers = launchersOf()
  const watch = setInterval(() => {
    if (launchersOf() === launchers) return
    clearInterval(watch)
    stop()
  }, 150)
  watch.unref()
}

const serve = (node, lock) => {
  // It idles once all processes run: `smallHeap` in scripts/children.ts.
  const heap = '--max-semi-space-size=4'
  const args = [heap, '--import', 'tsx', path.join('scripts', 'serve.ts'), ...process.argv.slice(2)]
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  const child = spawn(node, args, { cwd: root, env: environmentFor(node), stdio })
  const stop = () => {
    lock.markStopping()
    // A terminal sends Ctrl-C to both processes; the child ignores the second signal.
    child.kill('SIGTERM')
  }
  for (const signal of signals) process.on(signal, stop)
  whenNpmDies(stop)
  child.on('error', (error) => exitWithError(`${node} does not start: ${error.message}`))
  child.on('close', (code) => {
    lock.release()
    process.exit(code ?? 1)
  })
}

loadDotEnv()
const place = readPlace()
// One process alone (scripts/processes.ts checks the name). Of these only a worker owns a folder: that of its witness.
const { only } = parseArgs({ strict: false, options: { only: { type: 'string' } } }).values
const witness = path.resolve(
  root,
  process.env.ONEWAY_WITNESS || path.join(place.dataDir, 'witness'),
)
const owned = { worker: { ...place, dataDir: witness }, web: undefined, listener: undefined }
const folder = only === undefined ? place : owned[only]
const lock = folder ? await own(folder) : unowned
process.on('exit', () => lock.release())
if (only !== 'worker') await checkPort(place, lock.tookOver ? orphanDeadlineMs : 0)
serve(await prepare({ withDev: false }), lock)
