import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquire } from './lock.mjs'

const lockModule = fileURLToPath(new URL('./lock.mjs', import.meta.url))
let folder = ''
let children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'oneway-lock-'))
  children = []
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Starts a process that tries to own the folder and keeps running. It tries for longer than a start does: two that look at
 * the same moment both step back, and on a busy machine that happens again and again.
 */
const contend = async (): Promise<'owns' | 'refused'> => {
  const program = `
    import { acquire } from ${JSON.stringify(lockModule)}
    const lock = await acquire(${JSON.stringify(folder)}, { address: 'here' }, { waitMs: 5000 })
    console.log('heldBy' in lock ? 'refused' : 'owns')
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  children.push(child)
  const [output] = await once(child.stdout, 'data')
  return String(output).trim() === 'owns' ? 'owns' : 'refused'
}

const lockFiles = () => readdirSync(folder).filter((name) => name.endsWith('.json'))

test('of six processes that start at once, exactly one owns the folder', async () => {
  const results = await Promise.all(Array.from({ length: 6 }, contend))
  expect(results.filter((it) => it === 'owns')).toHaveLength(1)
})

test('a refused process learns the owner, without waiting for the folder', async () => {
  await contend()
  const begun = Date.now()
  const lock = await acquire(folder, {})
  expect(lock).toMatchObject({ heldBy: { address: 'here', pid: children[0]?.pid } })
  // The 20 s deadline applies only if the owner is stopping.
  expect(Date.now() - begun).toBeLessThan(15_000)
})

test('the folder of a killed owner is free at once, and the next owner learns of it', async () => {
  await contend()
  children[0]?.kill('SIGKILL')
  await once(children[0] ?? process, 'exit')
  const lock = await acquire(folder, {}, { waitMs: 0 })
  expect(lock).toMatchObject({ tookOver: true })
  expect(lockFiles()).toHaveLength(1)
})

test('a process that reuses the PID of a killed owner does not own the folder', async () => {
  await contend()
  const [name = ''] = lockFiles()
  const owner = JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
  children[0]?.kill('SIGKILL')
  const other = { ...owner, pid: process.ppid }
  writeFileSync(path.join(folder, name), JSON.stringify(other))
  expect(await acquire(folder, {}, { waitMs: 0 })).toMatchObject({ tookOver: true })
})

test('a start waits for an owner that is stopping, and then owns the folder', async () => {
  const first = await acquire(folder, {})
  if ('heldBy' in first) throw new Error('the empty folder was owned already')
  first.markStopping()
  setTimeout(first.release, 1200)
  const second = await acquire(folder, {}, { waitMs: 0 })
  expect(second).toMatchObject({ tookOver: false })
})
