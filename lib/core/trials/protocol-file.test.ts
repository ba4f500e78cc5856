import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
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
    const slots = plan.slots.map((one) =>
      isDeclaration(one) ? { ...one, targetVersion: '18.2' } : { ...one, productVersion: '12.1' },
    )
    const whole = { ...plan, slots }
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

const declaration = {
  mechanism: 'declaration',
  targetVersion: '18.2',
  targetBuild: '22C152',
  when: { kind: 'atLocalTime', daysLater: 1, clock: '09:00' },
}
const at = (but: object) => ({ when: { ...declaration.when, ...but } })
const declarations: [change: object, field: string, reason: RegExp][] = [
  [{ mechanism: 'profile' }, 'mechanism', /invalid/],
  [{ installAction: 'Default' }, 'installAction', /no such field/],
  [{ targetVersion: undefined }, 'targetVersion', /expected string/],
  [{ targetVersion: '18.2 (a)' }, 'targetVersion', /Rapid Security Response/],
  [{ targetBuild: '18.2' }, 'targetBuild', /is not a build/],
  [{ when: 'tonight' }, 'when', /object/],
  [at({ kind: 'tonight' }), 'when.kind', /invalid/],
  [at({ daysLater: 91 }), 'when.daysLater', /0 to 90/],
  [at({ daysLater: -1 }), 'when.daysLater', /0 to 90/],
  [at({ daysLater: 1.5 }), 'when.daysLater', /int/],
  [at({ clock: '24:00' }), 'when.clock', /00:00 to 23:59/],
  [at({ clock: '9:00' }), 'when.clock', /such as 09:30/],
  [{ detailsUrl: 'http://lab.example' }, 'detailsUrl', /https/],
  [{ detailsUrl: 'https://erin:secret@lab.example' }, 'detailsUrl', /without a user name/],
]

test('a command that says so is the same command, and a declaration is read whole', async () => {
  const file = await exported(twoSlots)
  const read = async (slots: object[]) => {
    const text = JSON.stringify({ ...file, plan: { ...twoSlots, slots } })
    return must(await readProtocolFile(engineer, text), 'read').plan.slots
  }
  const said = twoSlots.slots.map((slot) => ({ mechanism: 'command', ...slot }))
  expect(await read(said)).toEqual(twoSlots.slots)
  expect(Object.keys((await read(said))[0] ?? {})).not.toContain('mechanism')
  expect(await read([...twoSlots.slots, declaration])).toEqual([...twoSlots.slots, declaration])
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
    ...declarations.map(([change, place, said]): [Promise<object>, string, RegExp] => [
      plan({ slots: [{ ...declaration, ...change }] }),
      `plan.slots.0.${place}`,
      said,
    ]),
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
