import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect } from '@playwright/test'
import { root } from '@/scripts/children'

/**
 * Runs `npm start` with these variables and arguments; resolves, when the stack is up, to the function that stops it. The
 * caller gives it a data folder and a port of its own.
 */
export async function startStack(
  variables: Record<string, string>,
  args: readonly string[] = [],
): Promise<() => Promise<void>> {
  const { DATABASE_URL: _none, ...env } = process.env
  const child = spawn(process.execPath, [path.join('scripts', 'start.mjs'), ...args], {
    cwd: root,
    env: { ...env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  await expect.poll(() => output, { timeout: 150_000 }).toContain('Oneway is running')
  return async () => {
    child.kill('SIGTERM')
    await ended
  }
}
