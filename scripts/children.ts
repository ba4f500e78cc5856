import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

export type Child = {
  name: string
  pid: number | undefined
  /** Everything printed so far, for the message when it fails; at most the last 20,000 characters. */
  output(): string
  /** From now on what it prints is passed on to our own output. */
  show(): void
  exited: Promise<string>
  hasExited(): boolean
  /** Asks it to end, and after that long makes it and its own children. */
  stop(deadlineMs?: number): Promise<void>
}

const kept = 20_000
const usualStopMs = 3_000

const killGroup = (child: ChildProcess) => {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!gone) throw error
  }
}

const watchOutput = (child: ChildProcess) => {
  let output = ''
  let shown = false
  const collect = (target: NodeJS.WriteStream) => (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-kept)
    if (shown) target.write(chunk)
  }
  child.stdout?.on('data', collect(process.stdout))
  child.stderr?.on('data', collect(process.stderr))
  const show = () => {
    shown = true
  }
  return { output: () => output, show }
}

/**
 * Runs Node on `args` in the clone, as a child that ends when this process does, however it does.
 * In a process group of its own: Ctrl-C reaches this process alone, which then stops all in order.
 * @param stopWithinMs how long it may take to end when it is asked to, or when this process is gone
 */
export function startNode(
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  stopWithinMs = usualStopMs,
): Child {
  const child = spawn(process.execPath, ['--import', './scripts/die-with-parent.mjs', ...args], {
    cwd: root,
    env: { ...env, ONEWAY_PARENT: String(process.pid), ONEWAY_PARTING_MS: String(stopWithinMs) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  })
  const { output, show } = watchOutput(child)
  let gone = false
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      gone = true
      resolve(how)
    }
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) => end(signal ? `ended by ${signal}` : `ended with ${code}`))
  })
  const stop = async (deadlineMs = stopWithinMs) => {
    if (gone) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => killGroup(child), deadlineMs)
    await exited
    clearTimeout(timer)
    killGroup(child)
  }
  return { name, pid: child.pid, output, show, exited, hasExited: () => gone, stop }
}

/**
 * Waits until `isReady` says so.
 * @throws Error with the child's last words when it ends before, or takes longer than `limitMs`
 */
export async function waitUntil(
  child: Child,
  isReady: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const begun = Date.now()
  while (!(await isReady())) {
    const late = Date.now() - begun > limitMs
    if (child.hasExited() || late) {
      const why = late ? `is not ready after ${limitMs / 1000} s` : await child.exited
      throw new Error(`${child.name} ${why}:\n${child.output().trim()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
