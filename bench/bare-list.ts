import { createServer } from 'node:http'
import postgres from 'postgres'

/**
 * What the API's list is compared with, as a process of its own: a bare handler that runs one prepared statement and writes its
 * rows as JSON. It knows no key, no filter and no schema. Tells its port on standard output.
 */
const sql = postgres(process.env.DATABASE_URL ?? '', { max: 10 })

const readRows = () => sql`
  select d.id, d.lab_tag, d.name, d.serial, d.platform, d.model_identifier, d.model_name, d.location, d.holder,
    d.last_seen_at, d.retired_at, d.simulated,
    case when v.device_id is null or v.stale_at <= now() then 'notYet' else v.overall end as verdict,
    case when v.stale_at <= now() then 'Readings are stale' else coalesce(v.reason, 'Not judged yet') end as reason,
    os.value as os_version, os.source as os_source, os.answered_at as os_at,
    build.value as os_build, build.source as build_source, build.answered_at as build_at,
    battery.value as battery, battery.source as battery_source, battery.answered_at as battery_at
  from (select * from devices where simulated = false and retired_at is null
    order by coalesce(lower(lab_tag), ''), id limit 50) d
  left join device_verdicts v on v.device_id = d.id
  left join current_readings os on os.device_id = d.id and os.field = 'osVersion'
  left join current_readings build on build.device_id = d.id and build.field = 'osBuild'
  left join current_readings battery on battery.device_id = d.id and battery.field = 'batteryLevel'
  order by coalesce(lower(d.lab_tag), ''), d.id`

const reading = (value: unknown, source: unknown, answeredAt: unknown) => ({
  ...{ value, unknownReason: null, source, answeredAt },
})

const asDevice = (row: postgres.Row) => ({
  ...{ id: row.id, labTag: row.lab_tag, name: row.name, serial: row.serial },
  ...{ platform: row.platform, modelIdentifier: row.model_identifier, modelName: row.model_name },
  ...{ location: row.location, holder: row.holder, lastSeenAt: row.last_seen_at },
  ...{ retiredAt: row.retired_at, simulated: row.simulated },
  ...{ verdict: row.verdict, reason: row.reason },
  osVersion: reading(row.os_version, row.os_source, row.os_at),
  osBuild: reading(row.os_build, row.build_source, row.build_at),
  battery: reading(row.battery, row.battery_source, row.battery_at),
  ...{ custody: null, pendingHandOver: null, customFields: [] },
})

const server = createServer(async (_request, response) => {
  const rows = await readRows()
  const body = JSON.stringify({ environment: 'real', data: rows.map(asDevice) })
  response.writeHead(200, { 'content-type': 'application/json' }).end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`port ${typeof address === 'object' ? address?.port : ''}`)
})
