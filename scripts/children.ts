import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

export type Child = {
  name: string
  pid: number | undefined
  /** What it has printed, at most the last 20,000 characters; for the message if it fails. */
  output(): string
  /** Forwards further output to our own. */
  show(): void
  exited: Promise<string>
  hasExited(): boolean
  /** Sends SIGTERM, and after `deadlineMs` SIGKILL to it and its children. */
  stop(deadlineMs?: number): Promise<void>
}

/**
 * For a process that idles most of the time: Node's usual 48 MiB for new objects would stay full of what the start has left. The
 * web server keeps the usual size, as every page makes many. https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib
 */
export const smallHeap = '--max-semi-space-size=4'

const maxOutput = 20_000
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
    output = (output + chunk.toString()).slice(-maxOutput)
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
 * Runs Node with `args` in the clone, as a child that ends when this process ends for any reason. It has its
 * own process group, so that Ctrl-C reaches only this process, which then stops its children in order.
 * @param stopWithinMs how long it may take to end after SIGTERM, or after this process has ended
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
 * Waits until `isReady` is true.
 * @throws Error with the child's output if it ends before, or takes longer than `limitMs`
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
