import { setTimeout as sleep } from 'node:timers/promises'
import { importDevices, previewImport } from '@/lib/core/devices/import/import-devices'
import { saveServer } from '@/lib/core/lab/save-server'
import { admin, engineer } from '@/lib/core/testing/people'
import { answerBody, checkinBody } from '@/lib/core/testing/webhook'
import { findServer } from '@/lib/db/queries/servers/servers'
import { type Bench, keysOf, type Lab, tolerate } from './bench-trip'
import type { FaultMdm } from './fault-mdm'

/** What may happen during a release. None of it may send a command twice, elsewhere or on stale state. */
export const disturbances = [
  'nothing',
  'serverEdit',
  'otherDevice',
  'oldFile',
  'redelivery',
] as const
export type Disturbance = (typeof disturbances)[number]

type Disturbed = {
  lab: Lab
  bench: Bench
  mdm: FaultMdm
  /** An MDM server at another address, for which no release was signed. */
  elsewhere: FaultMdm
  /** Posts a body to the webhook, as the MDM server would. */
  post(body: Uint8Array): Promise<void>
  chance: () => number
}

/** Runs one disturbance at a random moment. Returns the problems found. */
export async function disturb(kind: Disturbance, input: Disturbed): Promise<string[]> {
  await sleep(input.chance() * 300)
  return actions[kind](input)
}

const actions: Record<Disturbance, (input: Disturbed) => Promise<string[]>> = {
  nothing: async () => [],
  serverEdit: async ({ lab, bench, mdm, elsewhere }) => {
    const server = await findServer(lab.db, bench.device.mdmServerId)
    if (!server) return ['the MDM server lost its row']
    const { id, name, slug } = server
    const edit = (url: string) => tolerate(() => saveServer(lab.db, admin, { id, name, slug, url }))
    const saved = await edit(elsewhere.url)
    // Saved: nothing was pending. Restore the address, because the release is signed for it.
    if (saved?.status === 'saved') await edit(mdm.url)
    return []
  },
  otherDevice: async ({ bench, post }) => {
    const keys = '<key>SerialNumber</key><string>F7OTHERPHONE</string>'
    await post(checkinBody('Authenticate', bench.device.enrollmentId, keys, new Date()))
    return []
  },
  oldFile: async ({ lab, bench }) => {
    const text = `Serial Number,OS Version,OS Build,Last Check-in\n${bench.device.serial},12.5.5,16H62,2019-01-01T00:00:00Z\n`
    const bytes = new TextEncoder().encode(text)
    const preview = await previewImport(lab.db, engineer, { bytes }, new Date())
    if (preview.status !== 'preview') return [`the old file was refused: ${preview.reason}`]
    await tolerate(() => importDevices(lab.db, engineer, { bytes, hash: preview.hash }, new Date()))
    return []
  },
  redelivery: async ({ bench, mdm, post, chance }) => {
    const { enrollmentId } = bench.device
    for (let times = 2 + Math.floor(chance() * 8); times > 0; times -= 1) {
      const last = mdm.ledger.findLast((one) => one.enrollmentId === enrollmentId)
      if (last)
        await post(
          answerBody({
            enrollmentId,
            commandUuid: last.commandUuid,
            status: 'Acknowledged',
            keys: keysOf[last.requestType] ?? '',
            at: new Date(),
          }),
        )
      await sleep(chance() * 40)
    }
    return []
  },
}

/** Whether this disturbance may refuse the release or let it lapse. */
export const mayRefuse = (kind: Disturbance): boolean => kind === 'otherDevice'
