import { createHash } from 'node:crypto'
import { saveDevice } from '@/lib/core/devices/save-device'
import { typeReadings } from '@/lib/core/devices/type-readings'
import { connect } from '@/lib/db/client'
import { findShownServerBySlug } from '@/lib/db/queries/servers/servers'
import { virtualLabSlug } from '@/lib/demo/seed'
import { createLabControl } from '@/lib/virtual-lab/control-client'
import { readFacts } from './facts'
import { virtualLabKeys } from './quick-lab'

const model = {
  modelName: 'iPad Air',
  platform: 'iOS',
  productName: 'iPad4,1',
} as const

/** What no MDM answer has: a person enters it. */
const typed = {
  ...{ depEnrolled: 'yes', appInstallationRight: 'yes', activeDeclaration: 'no' },
  ...{ automaticUpdatesOff: 'yes', userEnrollment: 'no', externalPower: 'yes' },
  ...{ network: 'wifi', networkName: 'Lab Wi-Fi', networkCaptive: 'no' },
}

export type SpareDevice = { labTag: string; name: string; serial: string }

/**
 * Adds a device on 12.0.1 that is offered 12.1 to the inventory and to the virtual lab, where it enrols. A device of the
 * bench takes one trial, so a spec that needs another one brings it.
 */
export async function addSpareDevice({ labTag, name, serial }: SpareDevice): Promise<void> {
  const { databaseUrl, virtualLabUrl } = readFacts()
  const enrollmentId = createHash('sha1').update(`spare device ${serial}`).digest('hex')
  const engineer = { id: 'browser-tests-engineer', name: 'engineer', role: 'engineer' as const }
  const { db, end } = connect(databaseUrl, { max: 1, asOwner: true })
  const server = await findShownServerBySlug(db, virtualLabSlug)
  const draft = {
    ...{ labTag, name, serial, enrollmentId, platform: model.platform },
    ...{ modelIdentifier: model.productName, modelName: model.modelName },
    ...{ location: 'Spare bench', holder: 'Browser tests', notes: '' },
  }
  const saved = await saveDevice(db, engineer, { draft, mdmServerId: server?.id }, new Date())
  if (saved.status !== 'saved') throw new Error(`${labTag} was not saved: ${saved.reason}`)
  const { deviceId } = saved
  const read = await typeReadings(db, engineer, { deviceId, texts: typed }, new Date())
  if (read.status !== 'typed') throw new Error(`nothing was entered for ${labTag}: ${read.reason}`)
  await end()
  const control = createLabControl(virtualLabUrl, virtualLabKeys().virtualLabApiKey)
  const added = await control.addDevice({
    ...{ ...model, labTag, name, serial, enrollmentId, osVersion: '12.0.1', osBuild: '16A404' },
    ...{ diskGb: 32, freeGb: 16, battery: 0.9 },
    offers: [{ version: '12.1', build: '16B92', downloadGb: 2.4, installGb: 1.1 }],
  })
  if (!added.ok) throw new Error(`the virtual lab did not take ${labTag}`)
}
