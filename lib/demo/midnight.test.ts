import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createTestDb } from '@/lib/db/testing'
import { seedDemo } from './seed'
import { fillStory } from './story'

const virtualLab = { url: 'http://127.0.0.1:9001', apiKey: 'lab-api-key', hmacKey: 'lab-hmac-key' }

test('the demo is filled also where the hold of its last declaration would pass the midnight of its device', async () => {
  const lab = await createTestDb()
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-midnight-'))
  const places = {
    labFolder: path.join(folder, 'virtual-lab'),
    witnessFolder: path.join(folder, 'witness'),
    seed: 'midnight',
  }
  try {
    // 110 minutes before is five minutes before the midnight of Berlin.
    const now = new Date('2026-12-01T00:45:00Z')
    const users = (await seedDemo(lab.url, virtualLab, now))?.users ?? []
    await fillStory(lab.url, users, places, now)
    const rows = await lab.sql`select c.state from commands c join trials t on t.id = c.trial_id
      join devices d on d.id = t.device_id where d.lab_tag = 'M-9' and c.purpose = 'intervention'`
    expect(rows.map(({ state }) => state)).toEqual(['queued'])
  } finally {
    await lab.drop()
    rmSync(folder, { recursive: true })
  }
}, 900_000)
