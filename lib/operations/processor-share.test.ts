import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'

/** What Linux says of the group of a session; undefined where it has no groups. */
function groupOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/autogroup`, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** Starts a process that yields the processor, and gives its id; `first` is what it does before. */
async function withYielding(first: string, look: (pid: number) => Promise<void>): Promise<void> {
  const script = `${first}; import('./lib/operations/processor-share.ts').then(({ yieldProcessor }) => { yieldProcessor(); console.log('done'); setInterval(() => {}, 1000) })`
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // As scripts/children.ts starts the processes of the lab.
    detached: true,
  })
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await look(child.pid ?? 0)
  } finally {
    child.kill('SIGKILL')
  }
}

test('a process in a session of its own yields the processor to those of other sessions', () =>
  withYielding('', async (pid) => {
    expect(getPriority(pid)).toBeGreaterThanOrEqual(5)
    // The kernel takes few such changes a second, and the process makes one that was refused again.
    if (groupOf(pid)) await expect.poll(() => groupOf(pid)).toMatch(/nice 5$/)
  }))

test('a process that was started with less of the processor starts, and takes no more', () =>
  withYielding("require('node:os').setPriority(12)", async (pid) => {
    expect(getPriority(pid)).toBe(12)
  }))
