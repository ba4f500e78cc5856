import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { readScenarioFile } from '@/lib/virtual-lab/scenario'
import { originOf } from '@/lib/virtual-lab/scenario-lab'
import { root } from '@/scripts/children'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { expect, test } from './lab'
import { startMs, startStack } from './own-stack'

const file = path.join('scenarios', 'two-commands.json')

const scenario = () => {
  const read = readScenarioFile(path.join(root, file))
  if ('complaints' in read) throw new Error(read.complaints.join('\n'))
  return read
}

test('npm start plays VIRTUAL_LAB_SCENARIO: its devices enrol, marked as simulated', async () => {
  test.setTimeout(2 * startMs)
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-scenario-'))
  const stop = await startStack({
    VIRTUAL_LAB_SCENARIO: file,
    ONEWAY_DATA: folder,
    ONEWAY_DEMO: '1',
    ONEWAY_BASE_URL: '',
    PORT: String(await findFreePort()),
  })
  try {
    const { url } = await startEmbedded({ dataDir: folder })
    const { sql, end } = connect(url, { max: 1 })
    // Devices of the demo have lab tags; one that has just enrolled has none yet.
    const enrolled = () => sql`select serial, simulated from devices where lab_tag is null`
    const { serial } = originOf(scenario()).devices[0] ?? {}
    await expect.poll(async () => [...(await enrolled())]).toEqual([{ serial, simulated: true }])
    await end()
  } finally {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
