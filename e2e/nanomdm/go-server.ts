import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A server written in Go that runs on loopback as a process, with a data folder of its own. */
export type GoServer = {
  url: string
  /** All that it has printed, over every start. */
  log(): string
  /** Ends it at once, as a power cut does; what it has stored stays. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port and data. */
  restart(): Promise<void>
  /** Ends it and deletes its data. */
  stop(): Promise<void>
}

type Program = {
  name: string
  binary: string
  port: number
  /** Its arguments; `folder` is an empty one for its data, deleted when it stops. */
  args: (folder: string) => string[]
}

/** Starts a server and waits until it answers. */
export async function startGoServer({ name, binary, port, args }: Program): Promise<GoServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-mdm-server-'))
  const url = `http://127.0.0.1:${port}`
  let log = ''
  let running: Running | undefined
  const end = async (signal: NodeJS.Signals) => {
    running?.child.kill(signal)
    await running?.exited
    running = undefined
  }
  const start = async () => {
    running = run(binary, args(folder), (chunk) => {
      log += chunk
    })
    await waitForAnswer(`${url}/version`, () => `${name} does not respond: ${log}`)
  }
  await start()
  return {
    url,
    log: () => log,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Running = { child: ChildProcess; exited: Promise<void> }

function run(binary: string, args: string[], collect: (chunk: string) => void): Running {
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => collect(chunk.toString()))
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()))
  return { child, exited }
}

async function waitForAnswer(url: string, problem: () => string): Promise<void> {
  const begun = Date.now()
  for (;;) {
    try {
      if ((await fetch(url)).ok) return
    } catch (error) {
      if (Date.now() - begun > 60_000) throw new Error(problem(), { cause: error })
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
