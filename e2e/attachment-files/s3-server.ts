import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type BucketSettings, callBucket } from '@/lib/attachment-store/bucket-call'
import { findFreePort } from '@/scripts/virtual-lab-process'

export type S3Server = {
  settings: BucketSettings
  /** Where it keeps its objects: a bucket is a folder. */
  folder: string
  pid(): number | undefined
  start(): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts a real S3 server on loopback, which keeps objects as files of a folder, with one bucket.
 * https://github.com/versity/versitygw
 */
export async function startS3Server(binary: string, folder: string): Promise<S3Server> {
  const port = await findFreePort()
  const settings: BucketSettings = {
    ...{ endpoint: new URL(`http://127.0.0.1:${port}`), region: 'eu-lab-1', bucket: 'evidence' },
    ...{ prefix: 'oneway/', keyId: 'lab-key', secret: 'the secret of the lab', pathStyle: true },
  }
  const objects = path.join(folder, 'objects')
  mkdirSync(objects, { recursive: true })
  const args = ['--port', `127.0.0.1:${port}`, '--region', settings.region, '--quiet']
  const keys = ['--access', settings.keyId, '--secret', settings.secret]
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn(binary, [...args, ...keys, 'posix', objects], { stdio: 'ignore' })
    await waitForAnswer(settings)
  }
  await start()
  const made = await callBucket(settings, { method: 'PUT' })
  made.resume()
  return {
    settings,
    folder: path.join(objects, settings.bucket),
    pid: () => child?.pid,
    start,
    kill: async (signal = 'SIGKILL') => {
      const ended = new Promise((resolve) => child?.once('close', resolve))
      child?.kill(signal)
      await ended
    },
  }
}

/** Any answer will do: a refusal is one. */
async function waitForAnswer({ endpoint }: BucketSettings): Promise<void> {
  const until = Date.now() + 30_000
  for (;;) {
    try {
      await fetch(endpoint)
      return
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
