import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { StorageKind } from '@/lib/virtual-lab/nanomdm-store'
import { startNode, waitUntil } from '@/scripts/children'
import { apiKey, certificateHeader, hmacKey, type Nanomdm } from './real-nanomdm'

/** A scenario needs at least one device. Those of the tests are not in it and connect as visitors. */
const scenarioOn = (storage: StorageKind) => ({
  version: 1,
  title: 'The virtual NanoMDM for visiting devices',
  seed: 'nanomdm',
  server: { storage },
  devices: [
    {
      labTag: 'V-1',
      modelName: 'iPad Air',
      platform: 'iOS',
      productName: 'iPad4,1',
      osVersion: '11.4.1',
      osBuild: '15G77',
    },
  ],
})

/** Starts the virtual lab's NanoMDM as a process that accepts any device, as the real one does in these tests. */
export async function startVirtualNanomdm(
  storage: StorageKind,
  webhookUrl: string,
): Promise<Nanomdm> {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-virtual-nanomdm-'))
  const scenario = path.join(folder, 'scenario.json')
  writeFileSync(scenario, JSON.stringify(scenarioOn(storage)))
  const main = path.join('lib', 'virtual-lab', 'main.ts')
  const lab = startNode('The virtual lab', ['--import', 'tsx', main], {
    ...process.env,
    VIRTUAL_LAB_PORT: '0',
    VIRTUAL_LAB_STATE: folder,
    VIRTUAL_LAB_API_KEY: apiKey,
    VIRTUAL_LAB_HMAC_KEY: hmacKey,
    VIRTUAL_LAB_WEBHOOK_URL: webhookUrl,
    VIRTUAL_LAB_SCENARIO: scenario,
    VIRTUAL_LAB_CERT_HEADER: certificateHeader,
  })
  const address = () => /^virtual lab listening on (http\S+)$/m.exec(lab.output())?.[1]
  await waitUntil(lab, () => address() !== undefined, 120_000)
  return {
    url: address() ?? '',
    log: lab.output,
    stop: async () => {
      await lab.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
