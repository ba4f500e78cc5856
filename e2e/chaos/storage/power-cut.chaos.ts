import { expect, onTestFinished, test } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { readPostmaster } from '@/lib/db/postgres/cluster'
import { expectKept, keepBodies, randomInstant } from './bodies'
import { mountExt4, whyNoMount } from './mounts'
import { createThrowAway } from './throw-away'

const cuts = 6

test(`F10: after each of ${cuts} power cuts at random instants every acknowledged body is in the database`, async () => {
  const database = await createThrowAway()
  onTestFinished(database.remove)
  const serverId = await addServer((await database.connect()).db)
  const acknowledged: string[] = []
  for (let cut = 0; cut < cuts; cut += 1) {
    const connection = await database.connect()
    const keeping = keepBodies(connection, serverId)
    await randomInstant(keeping, 400)
    database.cutPower()
    await keeping.ended
    acknowledged.push(...keeping.acknowledged)
    await expectKept(await database.connect(), acknowledged)
  }
  expect(acknowledged.length).toBeGreaterThan(cuts)
  console.log(`· ${cuts} cuts, ${acknowledged.length} bodies acknowledged, none lost`)
})

const diskCuts = 3
const noMount = whyNoMount()
if (noMount !== undefined) console.log(`Not run: a disk that is shut down (${noMount})`)
else
  test(`F10, F31: PostgreSQL ends when fsync fails, and every acknowledged body is on the disk (${diskCuts} disks)`, async () => {
    let total = 0
    for (let cut = 0; cut < diskCuts; cut += 1) total += await cutDiskOff()
    console.log(`· ${diskCuts} disks cut off, ${total} bodies acknowledged, none lost`)
  })

/** Shuts down a disk while bodies are stored on it. Returns how many were acknowledged. */
async function cutDiskOff(): Promise<number> {
  const disk = mountExt4(512)
  const database = await createThrowAway(disk.folder)
  try {
    const connection = await database.connect()
    const serverId = await addServer(connection.db)
    const [checkpointer] = await database.asOwner(
      (sql) => sql<{ pid: number }[]>`
        select pid from pg_stat_activity where backend_type = 'checkpointer'`,
    )
    const keeping = keepBodies(connection, serverId)
    await randomInstant(keeping, 1000)
    const pid = readPostmaster(database.clusterDir)?.pid ?? 0
    disk.cutOff()
    await keeping.ended
    // If all statements failed while reading, nothing was flushed yet. SIGINT requests a checkpoint, which flushes.
    if (checkpointer && isAlive(checkpointer.pid)) process.kill(checkpointer.pid, 'SIGINT')
    await expect.poll(() => isAlive(pid)).toBe(false)
    disk.again()
    await expectKept(await database.connect(), keeping.acknowledged)
    expect(keeping.acknowledged.length).toBeGreaterThan(0)
    return keeping.acknowledged.length
  } finally {
    await database.remove()
    disk.remove()
  }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
