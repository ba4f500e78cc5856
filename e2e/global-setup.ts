import { fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { factsFile, labName } from './facts'

/** The lab logs to a file, so that its output does not bury the test results. */
const logFile = path.resolve(`.oneway-${labName}`, 'lab.log')

/** Starts the lab of the browser tests, writes its facts for the specs, and returns its teardown. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  mkdirSync(path.dirname(logFile), { recursive: true, mode: 0o700 })
  const log = openSync(logFile, 'w', 0o600)
  const server = fork('scripts/e2e-server.ts', {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  console.log(`· The lab of the browser tests logs to ${path.relative('.', logFile)}`)
  const exited = new Promise<void>((resolve) => server.on('exit', () => resolve()))
  const facts = await new Promise<unknown>((resolve, reject) => {
    server.on('message', resolve)
    server.on('error', reject)
    server.on('exit', () =>
      reject(
        new Error(`the lab of the browser tests did not start:\n${readFileSync(logFile, 'utf8')}`),
      ),
    )
  })
  mkdirSync(path.dirname(factsFile), { recursive: true, mode: 0o700 })
  writeFileSync(factsFile, JSON.stringify(facts), { mode: 0o600 })
  return async () => {
    server.kill('SIGTERM')
    await exited
  }
}
