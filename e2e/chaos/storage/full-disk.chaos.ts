import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { queryDevice } from '@/lib/core/release/query-device'
import { releaseSlot } from '@/lib/core/release/release-slot'
import { addServer } from '@/lib/core/testing/device'
import { engineer, now } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { minFreeBytes } from '@/lib/db/queries/servers/database-health'
import { findServer } from '@/lib/db/queries/servers/servers'
import { createHeartbeat } from '@/lib/web/heartbeat'
import { expectKept } from './bodies'
import { listenOn } from './listener'
import { mountTmpfs, whyNoMount } from './mounts'
import { createThrowAway } from './throw-away'

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
    await expect.poll(() => listener.post(slug), { timeout: 60_000, interval: 0 }).toBe(503)

    clear()
    await lab.start()
    await expect.poll(() => listener.post(slug), { timeout: 60_000 }).toBe(200)
    await heartbeat.recordHeartbeat()
    const gaps = await listGaps(db, serverId, 10)
    expect(gaps.map(({ reason }) => reason)).toEqual([expect.stringContaining('503')])
    await expectKept(await lab.connect(), listener.acknowledged)
  })
}
