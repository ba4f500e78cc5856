import { fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { factsFile } from './facts'

/** Opens the lab of the browser tests, writes where it is for the specs, and gives what closes it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const server = fork('scripts/e2e-server.ts', { execArgv: ['--import', 'tsx'] })
  const exited = new Promise<void>((resolve) => server.on('exit', () => resolve()))
  const facts = await new Promise<unknown>((resolve, reject) => {
    server.on('message', resolve)
    server.on('error', reject)
    server.on('exit', () => reject(new Error('the lab of the browser tests did not start')))
  })
  mkdirSync(path.dirname(factsFile), { recursive: true, mode: 0o700 })
  writeFileSync(factsFile, JSON.stringify(facts), { mode: 0o600 })
  return async () => {
    server.kill('SIGTERM')
    await exited
  }
}
