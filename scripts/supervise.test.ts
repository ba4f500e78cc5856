import { afterEach, expect, test } from 'vitest'
import { type Child, startNode, waitUntil } from './children'
import { type Supervised, supervise } from './supervise'

const open: Supervised[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
})

const idle = 'console.log("up"); setInterval(() => undefined, 1000)'
const failing = 'process.exit(3)'

/** Supervises a process: its n-th start runs the n-th script; further starts run the last one. */
async function keep(
  name: string,
  scripts: string[],
  waitMs: (failures: number) => number = () => 0,
) {
  const said: string[] = []
  const started: Child[] = []
  const kept = await supervise({
    say: (line) => said.push(line),
    waitMs,
    start: async (begin) => {
      const script = scripts[Math.min(started.length, scripts.length - 1)] ?? idle
      const child = startNode(name, ['-e', script], process.env)
      started.push(child)
      begin(child)
      await waitUntil(child, () => child.output().includes('up'), 60_000)
      return child
    },
  })
  open.push(kept)
  return { kept, said, started }
}
const kill = (child: Child) => process.kill(child.pid ?? 0, 'SIGKILL')

test('a killed process is restarted, and others keep running', async () => {
  const web = await keep('The web server', [idle])
  const lab = await keep('The virtual lab', [idle])
  kill(lab.kept.current())
  await expect
    .poll(() => lab.said)
    .toEqual([
      'The virtual lab ended by SIGKILL; it is started again in 0 s',
      'The virtual lab runs again',
    ])
  expect(lab.kept.current().hasExited()).toBe(false)
  expect(lab.started).toHaveLength(2)
  expect([web.started.length, web.kept.current().hasExited(), web.said]).toEqual([1, false, []])
})

test('a failed restart is repeated, and each one counts as a failure', async () => {
  const waits: number[] = []
  const { kept, said, started } = await keep('The worker', [idle, failing, failing, idle], (n) => {
    waits.push(n)
    return 0
  })
  kill(kept.current())
  await expect.poll(() => said.at(-1)).toBe('The worker runs again')
  expect(started).toHaveLength(4)
  expect(waits).toEqual([1, 2, 3])
  expect(said.filter((line) => line.includes('ended with 3'))).not.toEqual([])
  expect(kept.current().hasExited()).toBe(false)
})

test('stop waits until the process has ended, and does not restart it', async () => {
  // It says that it is up once it can be stopped: before that, the signal would end it.
  const finishes = `process.on('SIGTERM', () => setTimeout(() => process.exit(7), 300))
    setInterval(() => undefined, 1000); console.log('up')`
  const { kept, said, started } = await keep('The worker', [finishes])
  await kept.stop()
  expect(await kept.current().exited).toBe('ended with 7')
  expect([started.length, said]).toEqual([1, []])
})

test('if the first start fails, its output is in the error', async () => {
  const begun = keep('The worker', ['console.error("no database"); process.exit(1)'])
  await expect(begun).rejects.toThrow('The worker ended with 1:\nno database')
})
