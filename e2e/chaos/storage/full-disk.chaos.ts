import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import { queryDevice } from '@/lib/core/release/query-device'
import { releaseSlot } from '@/lib/core/release/release-slot'
import { addServer } from '@/lib/core/testing/device'
import { engineer, now } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import type { Db } from '@/lib/db/client'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { minFreeBytes } from '@/lib/db/queries/servers/database-health'
import { findServer, findServerBySlug } from '@/lib/db/queries/servers/servers'
import { createHeartbeat } from '@/lib/web/heartbeat'
import { receive, webhookSlug } from '@/lib/web/webhook'
import { postSigned } from '../post-signed'
import { expectKept } from './bodies'
import { mountTmpfs, whyNoMount } from './mounts'
import { createThrowAway } from './throw-away'

/** The retry deadline of a body that cannot be stored; long enough for one that can, on a busy machine. */
const holdMs = 3_000

/** Starts a webhook on a free port. `acknowledged` has the SHA-256 of each body that it answered with 200. */
async function listenOn(db: Db, missed: (slug: string, from: Date, to: Date) => void) {
  const acknowledged: string[] = []
  const server = createServer((request, response) =>
    receive(request, response, webhookSlug(request.url) ?? '', {
      findServer: (slug) => findServerBySlug(db, slug),
      keep: (received) => keepEvents(db, [received]),
      report: () => undefined,
      clock: () => new Date(),
      missed,
      holdMs,
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    acknowledged,
    /** Posts 1 MiB of incompressible bytes; returns the status. */
    post: async (slug: string): Promise<number | undefined> => {
      const body = randomBytes(1024 * 1024)
      const status = await postSigned(port, slug, body)
      if (status === 200) acknowledged.push(createHash('sha256').update(body).digest('hex'))
      return status
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const mebibyte = 1024 * 1024
const block = Buffer.alloc(mebibyte, 1)

/** A lab on a disk of 640 MiB, and a way to fill it. */
async function smallDisk() {
  const disk = mountTmpfs(640)
  const lab = await createThrowAway(disk.folder)
  const ballast = path.join(disk.folder, 'ballast')
  vi.stubEnv('ONEWAY_BUNDLED_DATABASE', lab.clusterDir)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await lab.remove()
    disk.remove()
  })
  const free = () => {
    const { bavail, bsize } = statfsSync(disk.folder)
    return bavail * bsize
  }
  /** Fills the disk until about `bytes` are free. */
  const leave = (bytes: number) => {
    const handle = openSync(ballast, 'a')
    try {
      while (free() > bytes)
        writeSync(handle, block.subarray(0, Math.min(mebibyte, free() - bytes)))
    } finally {
      closeSync(handle)
    }
  }
  return { lab, leave, clear: () => rmSync(ballast) }
}

const noMount = whyNoMount()
if (noMount !== undefined) console.log(`Not run: F30, a full disk (${noMount})`)
else {
  test('F30: below 500 MiB of free space releases and queries are refused; above it they work', async () => {
    const { lab, leave, clear } = await smallDisk()
    const { db, sql } = await lab.connect()
    const { trialId, device } = await armedTrial(db)
    const seen = await seenSlot(db, trialId)
    leave(minFreeBytes - mebibyte)
    const refused = {
      status: 'refused',
      reason: expect.stringMatching(/the disk of the database has 49\d MiB left/),
    }
    expect(await releaseSlot(db, engineer, { ...seen, proofId: undefined }, now)).toMatchObject(
      refused,
    )
    expect(await queryDevice(db, engineer, { deviceId: device.id }, now)).toMatchObject(refused)
    expect(await sql`select 1 from commands`).toHaveLength(0)
    clear()
    expect(await releaseSigned(db, engineer, seen)).toMatchObject({ status: 'released' })
  })

  test('F30: on a full disk the webhook answers 503 and a gap is recorded; with space it works again', async () => {
    const { lab, leave, clear } = await smallDisk()
    const { db } = await lab.connect()
    const serverId = await addServer(db)
    const slug = (await findServer(db, serverId))?.slug ?? ''
    const heartbeat = createHeartbeat(db, { clock: () => new Date(), report: () => undefined })
    const listener = await listenOn(db, heartbeat.missed.note)
    onTestFinished(listener.close)
    expect(await listener.post(slug)).toBe(200)
    leave(0)
    await expect.poll(() => listener.post(slug), { interval: 0 }).toBe(503)

    clear()
    await lab.start()
    await expect.poll(() => listener.post(slug)).toBe(200)
    await heartbeat.recordHeartbeat()
    const gaps = await listGaps(db, serverId, 10)
    expect(gaps.map(({ reason }) => reason)).toEqual([expect.stringContaining('503')])
    await expectKept(await lab.connect(), listener.acknowledged)
  })
}
