import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBucket } from '@/lib/attachment-store/bucket'
import type { BucketSettings } from '@/lib/attachment-store/bucket-call'
import { checkBucket } from '@/lib/attachment-store/check-bucket'
import { backUpFiles, listFileProblems } from '@/lib/attachment-store/check-files'
import { fileOf, openAttachmentFolder, readFacts } from '@/lib/attachment-store/folder'
import { moveToBucket } from '@/lib/attachment-store/move'
import { openFile } from '@/lib/attachment-store/store'
import { maxAttachmentBytes } from '@/lib/domain/attachment/attachment'
import { selfMadeCertificate } from '@/scripts/certificate'
import { mountTmpfs, whyNoMount } from '../chaos/storage/mounts'
import { type S3Server, startS3Server, virtualHost } from './s3-server'

const binary = process.env.VERSITYGW_BIN
const mebibyte = 1024 * 1024
const home = mkdtempSync(path.join(tmpdir(), 'oneway-s3-'))
const dataFolder = path.join(home, 'data')
const folder = openAttachmentFolder(dataFolder)
const options = { retryPausesMs: [50, 100] }

type Named = { sha256: string; bytes: number; type: 'video/mp4' }

type Child = { killWhen?: () => boolean; settings?: BucketSettings; env?: Record<string, string> }

/** A file of random bytes, written and hashed in pieces. */
async function stored(bytes: number): Promise<Named> {
  const hash = createHash('sha256')
  const part = path.join(home, 'new')
  const file = await open(part, 'w')
  const block = randomBytes(mebibyte)
  for (let at = 0; at < bytes; at += mebibyte) {
    block.writeUInt32LE(at % 2 ** 32, 0)
    block.writeUInt32LE(Math.floor(at / 2 ** 32), 4)
    const piece = block.subarray(0, Math.min(mebibyte, bytes - at))
    hash.update(piece)
    await file.write(piece)
  }
  await file.close()
  const sha256 = hash.digest('hex')
  mkdirSync(path.dirname(fileOf(folder, sha256)), { recursive: true })
  await rename(part, fileOf(folder, sha256))
  return { sha256, bytes, type: 'video/mp4' }
}

describe.skipIf(binary === undefined)('a real S3 server', () => {
  let server: S3Server
  let store: ReturnType<typeof storeOn>
  const storeOn = (one: S3Server) => ({ ...folder, bucket: openBucket(one.settings, options) })
  const objectFile = ({ sha256 }: Named) => path.join(server.folder, 'oneway', sha256)
  const isHere = ({ sha256 }: Named) => existsSync(fileOf(folder, sha256))

  beforeAll(async () => {
    server = await startS3Server(binary ?? '', home)
    store = storeOn(server)
  })
  afterAll(async () => {
    await server.kill()
    rmSync(home, { recursive: true, force: true })
  })

  /** Moves a file in a process of its own. @returns what it printed; undefined if it was killed */
  function moveInChild(
    file: Named,
    { killWhen, settings = server.settings, env = {} }: Child = {},
  ) {
    const given = JSON.stringify({ settings, dataFolder, file })
    const script = path.join(import.meta.dirname, 'move-child.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', script, given], {
      ...{ stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } },
    })
    const look = setInterval(() => {
      if (killWhen?.()) child.kill('SIGKILL')
    }, 5)
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    return new Promise<{ moved: string; maxBytes: number } | undefined>((resolve) => {
      child.once('close', () => {
        clearInterval(look)
        resolve(text === '' ? undefined : JSON.parse(text))
      })
    })
  }

  const unfinished = () => {
    const parts = path.join(server.folder, '.sgwtmp', 'multipart')
    return existsSync(parts)
      ? readdirSync(parts, { recursive: true, encoding: 'utf8' }).filter((name) =>
          /\/\d+$/.test(name),
        )
      : []
  }

  test('it takes the settings as they are, and says which one is wrong', async () => {
    expect(await checkBucket(store.bucket)).toBeUndefined()
    const wrong = { bucket: 'no-such-bucket', keyId: 'somebody', secret: 'not the secret' }
    const words = [/^ONEWAY_S3_BUCKET/, /^ONEWAY_S3_KEY_ID/, /^ONEWAY_S3_SECRET/]
    for (const [at, [name, value]] of Object.entries(wrong).entries()) {
      const bucket = openBucket({ ...server.settings, [name]: value })
      await expect(checkBucket(bucket)).rejects.toThrow(words[at])
    }
    const elsewhere = openBucket({ ...server.settings, region: 'us-east-1' })
    await expect(checkBucket(elsewhere)).rejects.toThrow(/^ONEWAY_S3_REGION/)
  })

  test('a small and a large file are there byte for byte, and answer ranges', async () => {
    for (const bytes of [1000, 64 * mebibyte + 17]) {
      const file = await stored(bytes)
      expect(await moveToBucket(store, file)).toBe('moved')
      expect(isHere(file)).toBe(false)
      expect((await readFacts(objectFile(file))).sha256).toBe(file.sha256)
      const range = { start: bytes - 10, end: bytes - 1 }
      const opened = await openFile(store, file.sha256, () => range)
      if (!opened || opened.range === 'outside') throw new Error('it is not there')
      expect(Buffer.concat(await opened.stream.toArray())).toHaveLength(10)
      expect(await listFileProblems(store, [file], { quick: false })).toEqual([])
      const backup = mkdtempSync(path.join(home, 'backup-'))
      expect(await backUpFiles(store, backup, [file])).toEqual({ copied: 1, problems: [] })
    }
  })

  test('a bucket may stand before the host name', async () => {
    const { endpoint } = server.settings
    const settings = {
      ...{ ...server.settings, pathStyle: false },
      endpoint: new URL(`http://${virtualHost}:${endpoint.port}`),
    }
    const asked: string[] = []
    const lookup: LookupFunction = (name, options, done) => {
      asked.push(name)
      const address = '127.0.0.1'
      if (options.all) done(null, [{ address, family: 4 }])
      else done(null, address, 4)
    }
    const file = await stored(9 * mebibyte)
    const bucket = openBucket(settings, { ...options, lookup })
    expect(await moveToBucket({ ...folder, bucket }, file)).toBe('moved')
    expect((await readFacts(objectFile(file))).sha256).toBe(file.sha256)
    expect([...new Set(asked)]).toEqual([`evidence.${virtualHost}`])
  })

  test('over TLS a certificate that nobody trusts is refused, and one of a named authority is taken', async () => {
    const certificate = await selfMadeCertificate(home, 'https://127.0.0.1', new Date())
    const secure = await startS3Server(binary ?? '', path.join(home, 'secure'), certificate)
    try {
      const { settings } = secure
      await expect(checkBucket(openBucket(settings))).rejects.toThrow(
        /^ONEWAY_S3_ENDPOINT: .* is not trusted: .*NODE_EXTRA_CA_CERTS/,
      )
      const file = await stored(9 * mebibyte)
      const env = { NODE_EXTRA_CA_CERTS: certificate.certFile }
      expect(await moveInChild(file, { settings, env })).toMatchObject({ moved: 'moved' })
      const object = path.join(secure.folder, 'oneway', file.sha256)
      expect((await readFacts(object)).sha256).toBe(file.sha256)
    } finally {
      await secure.kill()
    }
  })

  test('a process that is killed in mid-upload loses nothing, however often', async () => {
    const file = await stored(96 * mebibyte)
    let killed = 0
    for (let parts = 1; parts <= 11; parts += 2) {
      const before = unfinished().length
      const moved = await moveInChild(file, {
        killWhen: () => unfinished().length >= before + parts,
      })
      if (moved === undefined) killed += 1
      const isThere = existsSync(objectFile(file))
      expect(isHere(file) || isThere).toBe(true)
      if (isThere) expect((await readFacts(objectFile(file))).sha256).toBe(file.sha256)
    }
    expect(killed).toBeGreaterThan(3)
    expect(await moveInChild(file)).toMatchObject({ moved: 'moved' })
    expect((await readFacts(objectFile(file))).sha256).toBe(file.sha256)
    expect(unfinished().length).toBeGreaterThan(0)
    expect(await store.bucket.abortStale(new Date())).toBe(0)
    expect(await store.bucket.abortStale(new Date(Date.now() + 25 * 3_600_000))).toBe(killed)
    expect(unfinished()).toEqual([])
  })

  test('a server that is killed in mid-upload and comes back gets the whole file', async () => {
    const file = await stored(96 * mebibyte)
    const moving = moveToBucket(store, file).catch((error: unknown) => error)
    await expect.poll(() => unfinished().length, { interval: 2 }).toBeGreaterThan(2)
    await server.kill()
    expect(await moving).toMatchObject({ kind: 'noAnswer' })
    expect(isHere(file)).toBe(true)
    await server.start()
    expect(await moveToBucket(store, file)).toBe('moved')
    expect((await readFacts(objectFile(file))).sha256).toBe(file.sha256)
  })

  test('a server that keeps silent is given up, and what was moved is readable when it goes on', async () => {
    const file = await stored(1000)
    await moveToBucket(store, file)
    const pid = server.pid()
    if (pid === undefined) throw new Error('the server does not run')
    process.kill(pid, 'SIGSTOP')
    try {
      await expect(openFile(store, file.sha256)).rejects.toMatchObject({
        ...{ kind: 'noAnswer', message: expect.stringContaining('nothing within 15 s') },
      })
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    expect(await listFileProblems(store, [file], { quick: false })).toEqual([])
  })

  test.skipIf(whyNoMount() !== undefined)(
    'a full disk of the storage keeps the file here, and is said',
    async () => {
      const mount = mountTmpfs(48)
      const full = await startS3Server(binary ?? '', mount.folder)
      try {
        const file = await stored(64 * mebibyte)
        await expect(moveToBucket(storeOn(full), file)).rejects.toMatchObject({
          message: expect.stringMatching(/is full|answered 5/),
        })
        expect(isHere(file)).toBe(true)
        expect(existsSync(path.join(full.folder, 'oneway', file.sha256))).toBe(false)
        expect(await moveToBucket(store, file)).toBe('moved')
      } finally {
        await full.kill()
        mount.remove()
      }
    },
  )

  test('the largest file is moved without being held in memory', async () => {
    const file = await stored(maxAttachmentBytes)
    const moved = await moveInChild(file)
    expect(moved?.moved).toBe('moved')
    expect(moved?.maxBytes).toBeLessThan(400 * mebibyte)
    expect(isHere(file)).toBe(false)
    rmSync(objectFile(file))
  })
})
