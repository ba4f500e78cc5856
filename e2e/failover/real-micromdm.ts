import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMicromdm } from '@/lib/mdm/micromdm/client'
import { findFreePort } from '@/scripts/virtual-lab-process'

export const apiKey = 'micromdm-test-api-key'

/** A running MicroMDM. */
export type Micromdm = {
  url: string
  log(): string
  /** The CommandUUIDs in a device's queue, repeated ones included. */
  waiting(enrollmentId: string): Promise<string[]>
  stop(): Promise<void>
}

/** Starts a real MicroMDM on loopback. Without a push certificate it sends no push; commands are queued anyway. */
export async function startMicromdm(binary: string): Promise<Micromdm> {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-micromdm-'))
  for (const name of ['config', 'files']) mkdirSync(path.join(folder, name))
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    binary,
    [
      ...['serve', '-tls=false', '-homepage=false', `-http-addr=127.0.0.1:${port}`],
      ...['-server-url=https://127.0.0.1', `-api-key=${apiKey}`],
      ...[`-config-path=${folder}/config`, `-filerepo=${folder}/files`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exited = once(child, 'close')
  let log = ''
  const collect = (chunk: Buffer) => {
    log += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  const client = createMicromdm({ url, apiKey })
  const begun = Date.now()
  while (!(await client.version()).ok)
    if (Date.now() - begun > 15_000) {
      await stop()
      throw new Error(`MicroMDM does not respond: ${log}`)
    }
  const waiting = async (enrollmentId: string) => {
    const list = await client.queue.list(enrollmentId)
    if (!list.ok) throw new Error(`MicroMDM does not list the queue: ${list.reason}`)
    return list.commandUuids
  }
  return { url, log: () => log, waiting, stop }
}
