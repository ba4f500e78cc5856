import { createHash } from 'node:crypto'
import { saveDevice } from '@/lib/core/devices/save-device'
import { typeReadings } from '@/lib/core/devices/type-readings'
import { connect } from '@/lib/db/client'
import { findShownServerBySlug } from '@/lib/db/queries/servers/servers'
import { virtualLabSlug } from '@/lib/demo/seed'
import { createLabControl } from '@/lib/virtual-lab/control-client'
import { readFacts } from './facts'
import { virtualLabKeys } from './quick-lab'

const gb = { downloadGb: 2.4, installGb: 1.1 }

/** By the mechanism that it is for: only the newer one takes declarations. */
const models = {
  command: {
    modelName: 'iPad Air',
    platform: 'iOS',
    productName: 'iPad4,1',
    osVersion: '12.0.1',
    osBuild: '16A404',
    offers: [{ version: '12.1', build: '16B92', ...gb }],
  },
  declaration: {
    modelName: 'iPad (7th generation)',
    platform: 'iPadOS',
    productName: 'iPad7,11',
    osVersion: '18.6',
    osBuild: '22G86',
    offers: [{ version: '18.7.2', build: '22H124', ...gb }],
  },
} as const

/** What no MDM answer has: a person enters it. */
const typed = {
  ...{ depEnrolled: 'yes', appInstallationRight: 'yes', activeDeclaration: 'no' },
  ...{ automaticUpdatesOff: 'yes', userEnrollment: 'no', externalPower: 'yes' },
  ...{ network: 'wifi', networkName: 'Lab Wi-Fi', networkCaptive: 'no' },
}

export type SpareDevice = {
  labTag: string
  name: string
  serial: string
  takes?: keyof typeof models
}

/**
 * Adds a device on 12.0.1 that is offered 12.1, or on 18.6 that is offered 18.7.2, to the inventory and to the virtual lab, where it enrols. A device of the
 * bench takes one trial, so a spec that needs another one brings it.
 */
export async function addSpareDevice({
  labTag,
  name,
  serial,
  takes = 'command',
}: SpareDevice): Promise<void> {
  const model = models[takes]
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
    ...{ ...model, labTag, name, serial, enrollmentId },
    ...{ diskGb: 32, freeGb: 16, battery: 0.9, offers: [...model.offers] },
  })
  if (!added.ok) throw new Error(`the virtual lab did not take ${labTag}`)
}
