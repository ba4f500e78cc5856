import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect } from '@playwright/test'
import { root } from '@/scripts/children'

/** How long a start with a demo to fill may take on a machine that runs other suites beside it. */
export const startMs = 400_000

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
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  try {
    await expect.poll(() => output, { timeout: startMs }).toContain('Oneway is running')
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
