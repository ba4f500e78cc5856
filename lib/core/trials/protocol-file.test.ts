import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { readyProtocols } from '@/lib/domain/trial/ready-protocols'
import { twoArms } from '../testing/arms'
import { engineer, must, now } from '../testing/people'
import { twoSlots } from '../testing/trial'
import { exportProtocol, protocolFileSchema, readProtocolFile } from './protocol-file'
import { saveProtocol } from './save-protocol'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const viewer: Actor = { id: 'v1', name: 'Vic', role: 'viewer' }

async function exported(plan: ProtocolPlan, version?: number) {
  const { protocolId } = must(await saveProtocol(lab.db, engineer, { plan }, now), 'saved')
  return must(await exportProtocol(lab.db, viewer, { protocolId, version }, now), 'ready').file
}

test('docs/protocol-file.schema.json is the schema of the file', async () => {
  const schema = z.toJSONSchema(protocolFileSchema, { target: 'draft-2020-12' })
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/protocol-file.schema.json',
  )
})

test('what is exported reads back as the same plan, and names nobody', async () => {
  for (const plan of [...readyProtocols.map((ready) => ready.plan), twoArms]) {
    const whole = { ...plan, slots: plan.slots.map((one) => ({ ...one, productVersion: '12.1' })) }
    const file = await exported(whole)
    const text = JSON.stringify(file)
    expect(text).not.toContain(engineer.name)
    const read = must(await readProtocolFile(engineer, text), 'read')
    expect(JSON.parse(JSON.stringify(read.plan))).toEqual(JSON.parse(JSON.stringify(whole)))
    must(await saveProtocol(lab.db, engineer, { plan: read.plan }, now), 'saved')
  }
})

test('a version that is not there, and a protocol that is not', async () => {
  const { protocolId } = must(
    await saveProtocol(lab.db, engineer, { plan: twoSlots }, now),
    'saved',
  )
  const get = (id: string, version?: number) =>
    exportProtocol(lab.db, viewer, { protocolId: id, version }, now)
  expect(await get(protocolId, 1)).toMatchObject({ status: 'ready' })
  for (const answer of [await get(protocolId, 7), await get(randomUUID()), await get('x')])
    expect(answer).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('no such version'),
    })
})

test('a file that is none is refused with the field named', async () => {
  const file = await exported(twoSlots)
  const read = (change: (copy: Record<string, never>) => object) =>
    readProtocolFile(engineer, JSON.stringify(change(JSON.parse(JSON.stringify(file)))))
  const plan = (change: object) => read((one) => ({ ...one, plan: { ...twoSlots, ...change } }))
  const cases: [Promise<object>, string | undefined, RegExp][] = [
    [readProtocolFile(engineer, 'nothing'), undefined, /not JSON/],
    [readProtocolFile(engineer, '[]'), undefined, /no protocol/],
    [readProtocolFile(engineer, 'x'.repeat(400_001)), undefined, /longer than 400,000/],
    [read((one) => ({ ...one, format: 'oneway-trial-copy' })), 'format', /oneway-protocol/],
    [read((one) => ({ ...one, version: 2 })), 'version', /expected 1/],
    [plan({ colour: 'red' }), 'plan.colour', /no such field/],
    [plan({ title: 7 }), 'plan.title', /expected string/],
    [plan({ title: ' ' }), 'plan.title', /write a title/],
    [plan({ slots: [{ installAction: 'Erase' }] }), 'plan.slots.0.installAction', /Default/],
    [plan({ slots: [{ installAction: 'Default' }] }), 'plan.slots.0.productKey', /name a target/],
    [plan({ primaryOutcome: 'whatever' }), 'plan.primaryOutcome', /installed/],
    [plan({ primaryOutcome: undefined }), 'plan.primaryOutcome', /installed/],
    [
      plan({ slots: [{ installAction: 'DownloadOnly', productVersion: '12.1' }] }),
      ...(['plan.primaryOutcome', /DownloadOnly/] as const),
    ],
    [plan({ hypothesis: 'x'.repeat(5001) }), 'plan.hypothesis', /5000/],
    [
      plan({ conditions: { battery: { min: 50 } } }),
      ...(['plan.conditions.battery.min', /fraction/] as const),
    ],
    [
      plan({ steps: [{ doThis: 'x', expect: '', sightings: ['other'] }] }),
      ...(['plan.steps.0.sightings.0', /expected one of/] as const),
    ],
  ]
  for (const [answer, field, reason] of cases)
    expect(await answer).toMatchObject({
      ...{ status: 'refused', reason: expect.stringMatching(reason) },
      ...(field !== undefined && { field }),
    })
  expect(await readProtocolFile(viewer, JSON.stringify(file))).toMatchObject({ status: 'refused' })
  must(await readProtocolFile(engineer, `\uFEFF${JSON.stringify(file)}`), 'read')
})
