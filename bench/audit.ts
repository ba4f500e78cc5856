import { addServer } from '@/lib/core/testing/device'
import { listMismatches } from '@/lib/db/audit/check-evidence'
import { verifyTrail } from '@/lib/db/audit/log'
import { type Connection, connect } from '@/lib/db/client'
import { clientOf } from '@/lib/db/driver/client-proxies'
import { insertDevice, updateDevice } from '@/lib/db/queries/devices/devices'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { inDatabase, perSecond, quantile, timed } from './lab'

const bench: Actor = { id: 'bench', name: 'Bench', role: 'lead' }
const [rounds, writes, atOnce] = [10, 200, 10]

/**
 * What the trail adds to a write of one row, at a trail that holds `rows` entries already: the same
 * transaction by the app's role with the table's trigger on and off, in turn. Aim: less than 1 ms.
 */
export async function benchAudit(rows: number): Promise<number> {
  return inDatabase(1, async (owner, url, closing) => {
    const app = connect(url, { max: atOnce })
    closing.add(app.end)
    console.log('· filling the trail')
    const devices = await fill(owner, app, rows)
    return measure(owner, app, devices, rows)
  })
}

async function fill({ sql }: Connection, { db }: Connection, rows: number): Promise<string[]> {
  const mdmServerId = await addServer(db)
  const add = async (n: number) =>
    (await insertDevice(db, { mdmServerId, name: `Device ${n}`, platform: 'iOS' })).id
  const devices = await Promise.all(Array.from({ length: atOnce }, (_, n) => add(n)))
  const [device = ''] = devices
  const batch = 5_000
  for (let done = 0; done < rows; done += batch)
    await sql`select record_action('exported', 'devices', ${device}, ${device}::uuid, null,
        jsonb_build_object('file', 'fill', 'n', n, 'text', repeat('x', 200)), null)
      from generate_series(1, ${Math.min(batch, rows - done)}::int) n`
  await sql`vacuum analyze`
  return devices
}

async function measure(owner: Connection, app: Connection, devices: string[], rows: number) {
  const times = { on: [] as number[], off: [] as number[] }
  const rates = { on: [] as number[], off: [] as number[] }
  let n = 0
  const write = (index: number) =>
    transact(app.db, bench, async (tx) => {
      n += 1
      await updateDevice(tx, devices[index % devices.length] ?? '', { holder: `Shelf ${n}` })
    })
  for (let round = 0; round <= rounds; round += 1)
    for (const side of ['on', 'off'] as const) {
      const verb = side === 'on' ? 'enable' : 'disable'
      await owner.sql.unsafe(`alter table devices ${verb} trigger audits_update`)
      const own: number[] = []
      for (let index = 0; index < writes; index += 1) own.push(await timed(() => write(0)))
      const rate = await perSecond(writes, atOnce, write)
      // The first round warms both up.
      if (round === 0) continue
      times[side].push(...own)
      rates[side].push(rate)
    }
  await owner.sql`alter table devices enable trigger audits_update`
  const [on, off] = [quantile(times.on, 0.5), quantile(times.off, 0.5)]
  const p = (side: 'on' | 'off', share: number) => `${quantile(times[side], share).toFixed(2)} ms`
  console.log(`a write of one row at a trail of ${rows} entries, ${rounds} × ${writes}, in turn:`)
  console.log(`  with the trail    p50 ${p('on', 0.5)}, p95 ${p('on', 0.95)}`)
  console.log(`  without it        p50 ${p('off', 0.5)}, p95 ${p('off', 0.95)}`)
  console.log(`  the trail adds    ${(on - off).toFixed(2)} ms at p50 (aim: less than 1 ms)`)
  const rate = (side: 'on' | 'off') => quantile(rates[side], 0.5).toFixed(0)
  console.log(`  ${atOnce} writers at once: ${rate('on')} writes/s with it, ${rate('off')} without`)
  await inServer(app)
  await reading(owner)
  return on / off
}

/** What PostgreSQL itself says its trigger takes, which a busy machine moves less than a round trip. */
async function inServer({ sql }: Connection): Promise<void> {
  const took: number[] = []
  for (let n = 0; n < writes; n += 1)
    await sql.begin(async (tx) => {
      await tx`set constraints all immediate`
      const [row] = await tx`explain (analyze, format json)
        update devices set holder = ${`Hand ${n}`} where id = (select id from devices order by id limit 1)`
      const triggers: { 'Trigger Name': string; Time: number }[] = row?.['QUERY PLAN'][0].Triggers
      const ours = triggers.find((one) => one['Trigger Name'] === 'audits_update')
      if (!ours) throw new Error('the trail did not see the write')
      took.push(ours.Time)
    })
  const [p50, p95] = [quantile(took, 0.5).toFixed(2), quantile(took, 0.95).toFixed(2)]
  console.log(`  the trigger alone p50 ${p50} ms, p95 ${p95} ms by PostgreSQL's own count`)
}

/** Writes made while the trail was off are found, as they should be; each costs the same as one that holds. */
async function reading({ sql }: Connection): Promise<void> {
  const compared = await timed(() => sql.begin((tx) => listMismatches(clientOf(tx))))
  const verified = await timed(() => verifyTrail(sql))
  console.log(`  comparing every record with it: ${(compared / 1000).toFixed(2)} s`)
  console.log(`  the whole verification: ${(verified / 1000).toFixed(2)} s`)
}
