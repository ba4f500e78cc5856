import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
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

/** Under a name before this one it serves the bucket of that name. */
export const virtualHost = 's3.lab.test'

/**
 * Starts a real S3 server on loopback, which keeps objects as files of a folder, with one bucket.
 * https://github.com/versity/versitygw
 */
export async function startS3Server(
  binary: string,
  folder: string,
  https?: { certFile: string; keyFile: string },
): Promise<S3Server> {
  const port = await findFreePort()
  const settings: BucketSettings = {
    ...{
      endpoint: new URL(`${https ? 'https' : 'http'}://127.0.0.1:${port}`),
      region: 'eu-lab-1',
      bucket: 'evidence',
    },
    ...{ prefix: 'oneway/', keyId: 'lab-key', secret: 'the secret of the lab', pathStyle: true },
  }
  const objects = path.join(folder, 'objects')
  mkdirSync(objects, { recursive: true })
  const args = ['--port', `127.0.0.1:${port}`, '--region', settings.region, '--quiet']
  const names = ['--virtual-domain', `${virtualHost}:${port}`]
  const tls = https ? ['--cert', https.certFile, '--key', https.keyFile] : []
  const keys = ['--access', settings.keyId, '--secret', settings.secret]
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn(binary, [...args, ...names, ...tls, ...keys, 'posix', objects], {
      stdio: 'ignore',
    })
    await waitForAnswer(settings)
  }
  await start()
  // A folder is a bucket; over TLS this process does not trust the certificate, and could not make one by a call.
  if (https) mkdirSync(path.join(objects, settings.bucket), { recursive: true })
  else (await callBucket(settings, { method: 'PUT' })).resume()
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

/** Any connection will do. */
async function waitForAnswer({ endpoint }: BucketSettings): Promise<void> {
  const until = Date.now() + 60_000
  while (!(await isListening(Number(endpoint.port)))) {
    if (Date.now() > until) throw new Error('the S3 server does not listen')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
