import path from 'node:path'
import { connect } from '@/lib/db/client'
import { storeLabSetting } from '@/lib/db/settings'
import { createLabControl } from '@/lib/virtual-lab/control-client'
import { readSecrets } from '@/scripts/secrets'
import { factsFile, readFacts } from './facts'

/** Shortens the hold and the probes, so that a rehearsal takes seconds; a lead could do the same in Settings. */
export async function hurry(): Promise<void> {
  const { db, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const by = { changedAt: new Date(), changedBy: 'browser tests' }
  await storeLabSetting(db, 'holdSeconds', 6, by)
  await storeLabSetting(db, 'probeSeconds', 6, by)
  await end()
}

/** How often each command reached a virtual device: the ground truth for "was it sent twice". */
export async function deliveriesTo(labTag: string): Promise<Record<string, number>> {
  const { virtualLabApiKey } = readSecrets(path.dirname(factsFile))
  const control = createLabControl(readFacts().virtualLabUrl, virtualLabApiKey)
  const answer = await control.listDevices()
  if (!answer.ok) throw new Error('the virtual lab does not answer')
  const device = answer.value.devices.find((one) => one.labTag === labTag)
  if (!device) throw new Error(`the virtual lab has no ${labTag}`)
  return device.deliveries
}

/** The CommandUUIDs of the interventions of a device, by the record. */
export async function interventionsOn(labTag: string): Promise<string[]> {
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const rows = await sql`select command_uuid from commands c join devices d on d.id = c.device_id
    where d.lab_tag = ${labTag} and c.purpose = 'intervention'`
  await end()
  return rows.map((row) => String(row.command_uuid))
}
