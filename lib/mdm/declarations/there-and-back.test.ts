import { afterAll, expect, test } from 'vitest'
import { attachSteps, removalSteps } from '@/lib/domain/trial/declaration-step'
import { emptyDeclarationStore } from '@/lib/virtual-lab/kmfddm/declaration-store'
import { answerKmfddm } from '@/lib/virtual-lab/kmfddm/kmfddm-api'
import { buildEnforcement } from './build-enforcement'
import { createDeclarationServer } from './client'
import { closeAll, serve } from './replay.testing'

afterAll(closeAll)

const apiKey = 'lab-declarations-key'
const enrollmentId = '1f8b30b1298498d712bc6868403174ad9b575b39'
const commandUuid = '3e0d31bb-f71c-4c78-9d9d-de8a549f07e7'
const enforcement = {
  enrollmentId,
  ...buildEnforcement({
    commandUuid,
    slot: { mechanism: 'declaration', targetVersion: '18.2', when: { kind: 'asSoonAsPossible' } },
    local: '2027-01-15T09:00:00',
    items: ['softwareupdate.install-state'],
  }),
}

/** KMFDDM's API as the captures show it, on loopback. */
async function kmfddm() {
  let store = emptyDeclarationStore()
  const enqueued: string[] = []
  const ports = {
    store: () => store,
    keep: (next: typeof store) => {
      store = next
    },
    enqueue: (ids: readonly string[]) => void enqueued.push(ids.join(',')),
    now: () => Date.now(),
  }
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://x')
    const { method = '' } = request
    const { authorization } = request.headers
    const body = Buffer.concat(chunks)
    const answer = answerKmfddm(ports, apiKey, { method, path, query, authorization, body })
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  return { client: createDeclarationServer('beside', { url, apiKey }), enqueued, url }
}

test('nine steps attach a set and notify once; each of them again is so already, and notifies nobody', async () => {
  const { client, enqueued } = await kmfddm()
  expect(await client.read(enforcement)).toMatchObject({
    ...{
      ok: true,
      configuration: { is: 'absent' },
      activation: { is: 'absent' },
      subscription: { configuration: { is: 'absent' }, activation: { is: 'absent' } },
      attached: false,
      otherSets: [],
    },
  })
  for (const step of attachSteps) {
    expect(enqueued).toEqual([])
    expect(await client.step(step, enforcement)).toMatchObject({ outcome: 'done', httpStatus: 204 })
  }
  expect(enqueued).toEqual([enrollmentId])
  expect(await client.read(enforcement)).toMatchObject({
    ...{ configuration: { is: 'same' }, activation: { is: 'same' }, attached: true, otherSets: [] },
    subscription: { configuration: { is: 'same' }, activation: { is: 'same' } },
    inSet: {
      ...{ configuration: true, activation: true, others: [] },
      subscription: { configuration: true, activation: true },
    },
  })
  for (const step of attachSteps)
    expect(await client.step(step, enforcement)).toMatchObject({ outcome: 'alreadySo' })
  expect(enqueued).toHaveLength(1)
  expect(await client.notify(enrollmentId)).toMatchObject({ outcome: 'done' })
  expect(enqueued).toHaveLength(2)
})

test('nine quiet steps take it back; each of them again is so already', async () => {
  const { client, enqueued } = await kmfddm()
  for (const step of attachSteps) await client.step(step, enforcement)
  enqueued.length = 0
  for (const step of removalSteps)
    expect(await client.step(step, enforcement)).toMatchObject({ outcome: 'done' })
  for (const step of removalSteps)
    expect(await client.step(step, enforcement)).toMatchObject({ outcome: 'alreadySo' })
  expect(enqueued).toEqual([])
  expect(await client.read(enforcement)).toMatchObject({
    ...{ configuration: { is: 'absent' }, activation: { is: 'absent' }, attached: false },
  })
})
