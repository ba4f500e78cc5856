import { afterAll, beforeAll, expect, test } from 'vitest'
import { findServer, sealServerKeys, updateServer } from '@/lib/db/queries/servers/servers'
import { findCommand, listCommandEvents } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps } from '@/lib/db/queries/trials/declaration-steps'
import { listSignatures } from '@/lib/db/queries/trials/signatures'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import { createMicromdm } from '@/lib/mdm/micromdm/client'
import { createNanomdm } from '@/lib/mdm/nanomdm'
import { carryOn } from '@/lib/worker/carry-on'
import { checkSignatures } from '../kernel/sign'
import { saveServer } from '../lab/save-server'
import type { MdmServers } from '../shared/mdm-servers'
import { declaringServer } from '../testing/declaration-server'
import { releasedDeclaration } from '../testing/declaration-trial'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { admin, engineer, later, lead, must } from '../testing/people'
import {
  armedTrial,
  proofOf,
  releasedTrial,
  releaseSigned,
  seenSlot,
  sentTrial,
} from '../testing/trial'
import { armTrial, disarmTrial } from '../trials/prepare-trial'
import { cancelRelease } from './cancel-release'
import { deliver } from './deliver'
import { pushAgain } from './push'
import { queryDevice } from './query-device'
import { clearQueueAndWithdraw, lookUpQueue } from './server-queue'
import { withdrawDeclaration } from './withdraw-declaration'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const elsewhere = (id: string) => `https://other.example/${id}`

/** An admin's edit of the server's form. */
async function edit(id: string, change: { url?: string; apiKey?: string; name?: string }) {
  const server = await findServer(lab.db, id)
  if (!server) throw new Error('no such server')
  const { name, slug, url } = server
  return saveServer(lab.db, admin, { id, name, slug, url, ...change })
}

/** Changed past the guard: by the database's owner, or by a table that was restored. */
const changeUnguarded = async (id: string, what: 'url' | 'key') => {
  const keys = { apiKey: 'a-stolen-key-of-16', hmacKey: 'lab-hmac-key' }
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    if (what === 'url') await tx`update mdm_servers set url = ${elsewhere(id)} where id = ${id}`
    // The hash stays the same: compared is the key that would be used.
    else
      await tx`update mdm_servers set api_key = ${sealServerKeys(id, keys).apiKey} where id = ${id}`
  })
}

test('address, kind and key stand in the signature, the command and the record of a release', async () => {
  const { trialId, commandUuid, device } = await releasedTrial(lab.db)
  const { url, apiKeySha256 } = there(await findServer(lab.db, device.mdmServerId))
  const sendsTo = { url, kind: 'nanomdm', keySha256: apiKeySha256 }
  expect(apiKeySha256).toMatch(/^[0-9a-f]{64}$/)
  const [signature] = await listSignatures(lab.db, trialId)
  expect(signature?.details).toEqual({ sendsTo })
  expect(JSON.parse(signature?.record ?? '')).toMatchObject({ signature: { details: { sendsTo } } })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    serverUrl: url,
    serverKind: 'nanomdm',
    serverKeySha256: apiKeySha256,
  })
  expect(await checkSignatures(lab.db, trialId)).toMatchObject([{ differences: [] }])
})

test.each(['url', 'key'] as const)(
  'a server whose %s moved during the hold gets nothing: the release lapses and says what differs',
  async (what) => {
    const { trialId, commandUuid, device } = await releasedTrial(lab.db)
    const before = there(await findServer(lab.db, device.mdmServerId))
    await changeUnguarded(device.mdmServerId, what)
    const { servers, ledger } = fakeServer()
    const delivery = await deliver(lab.db, servers, commandUuid, () => later(121))
    const reason =
      what === 'url'
        ? `released for ${before.url}, the server is now ${elsewhere(device.mdmServerId)}`
        : 'released with the API key'
    expect(delivery).toMatchObject({
      status: 'lapsed',
      reason: expect.stringContaining(reason),
    })
    expect(ledger.enqueued).toEqual([])
    expect(await findCommand(lab.db, commandUuid)).toMatchObject({
      state: 'lapsed',
      reason: expect.stringContaining(reason),
    })
    expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered' })
    const events = await listCommandEvents(lab.db, [commandUuid])
    expect(events.at(-1)).toMatchObject({ kind: 'lapsed', text: expect.stringContaining(reason) })
  },
)

/** Changed past the guard, as above; @returns what a lapse says of it. */
async function moveBeside(id: string, what: 'address' | 'key' | 'nothing'): Promise<string> {
  const { declarationsUrl, declarationsKey } = there(await findServer(lab.db, id))
  const [declarations, reason] = {
    address: [
      { url: elsewhere(id), apiKey: declarationsKey },
      `they now go to ${elsewhere(id)}`,
    ] as const,
    key: [
      { url: declarationsUrl ?? '', apiKey: 'a-stolen-key-of-16' },
      'released with the key',
    ] as const,
    nothing: [null, 'they now go to nowhere'] as const,
  }[what]
  await lab.sql`alter table mdm_servers disable trigger keeps_its_address`
  await updateServer(lab.db, id, { declarations })
  await lab.sql`alter table mdm_servers enable trigger keeps_its_address`
  return reason
}

test.each(['address', 'key', 'nothing'] as const)(
  'where the KMFDDM beside the MDM server has another %s during the hold, nothing is stored or asked there',
  async (what) => {
    const mdm = declaringServer()
    const { trialId, commandUuid, device } = await releasedDeclaration(lab.db, mdm)
    const reason = await moveBeside(device.mdmServerId, what)
    const asked: string[] = []
    const { read } = mdm.state.server
    mdm.state.server.read = (e) => {
      asked.push(e.set)
      return read(e)
    }
    const delivery = await deliver(lab.db, mdm.servers, commandUuid, () => later(121))
    expect(delivery).toMatchObject({ status: 'lapsed', reason: expect.stringContaining(reason) })
    expect([asked, mdm.state.made]).toEqual([[], []])
    expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered' })
    await expect(
      lab.sql`update commands set state = 'reserved', reserved_at = now() where command_uuid = ${commandUuid}`,
    ).rejects.toThrow('signature')
  },
)

test('a declaration whose KMFDDM is at another address is neither read back nor taken off there', async () => {
  const mdm = declaringServer()
  const { trialId, commandUuid, device } = await releasedDeclaration(lab.db, mdm)
  mdm.state.fates = { attachSet: 'cutAfter' }
  await deliver(lab.db, mdm.servers, commandUuid, () => later(121))
  const { set } = enforcementNames(commandUuid)
  const made = () => mdm.state.made.filter((one) => one.set === set).length
  expect(made()).toBe(9)
  const round = (seconds: number) =>
    carryOn({
      ...{ db: lab.db, servers: mdm.servers, clock: () => later(seconds) },
      sending: { settlePausesMs: [] },
    })
  await moveBeside(device.mdmServerId, 'address')
  await round(130)
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(140))
  const input = { commandUuid, reason: 'the question has changed', proofId }
  must(await withdrawDeclaration(lab.db, lead, input, later(140)), 'withdrawing')
  await round(145)
  // One round, and the next after a pause.
  await round(150)
  const tries = await listDeclarationSteps(lab.db, [commandUuid])
  expect(tries.filter(({ step }) => step === 'detachSet')).toHaveLength(1)
  expect(made()).toBe(9)
  expect((await findCommand(lab.db, commandUuid))?.state).toBe('unconfirmed')
  const last = (await listDeclarationSteps(lab.db, [commandUuid])).at(-1)
  expect(last).toMatchObject({ step: 'detachSet', outcome: 'refused' })
  expect(last?.reason).toContain(elsewhere(device.mdmServerId))
})

test('nobody contacts a server about a command that was released for another address', async () => {
  const micromdm = () => addServer(lab.db, false, { kind: 'micromdm' })
  const { commandUuid, device } = await releasedTrial(lab.db, { serverId: await micromdm() })
  const waiting = await sentTrial(lab.db, { serverId: await micromdm() })
  await changeUnguarded(device.mdmServerId, 'url')
  await changeUnguarded(waiting.device.mdmServerId, 'url')
  const asked: string[] = []
  const servers: MdmServers = async (serverId) => {
    const { url } = there(await findServer(lab.db, serverId))
    asked.push(url)
    return createMicromdm({ url, apiKey: 'none' })
  }
  expect(await deliver(lab.db, servers, commandUuid, () => later(121))).toMatchObject({
    status: 'lapsed',
  })
  const input = { commandUuid: waiting.commandUuid }
  const clearing = { ...input, reason: 'it must not install', proofId: commandUuid }
  const clock = () => later(200)
  for (const answer of [
    await lookUpQueue(lab.db, servers, engineer, input, clock),
    await clearQueueAndWithdraw(lab.db, servers, lead, clearing, clock),
    await pushAgain(lab.db, servers, engineer, input, later(200)),
  ])
    expect(answer).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining(elsewhere(waiting.device.mdmServerId)),
    })
  expect(asked).toEqual([])
})

test('a query too is sent only to the server it was written for', async () => {
  const device = await addDevice(lab.db)
  const { commandUuid } = must(
    await queryDevice(lab.db, engineer, { deviceId: device.id }, later(0)),
    'asked',
  )
  await changeUnguarded(device.mdmServerId, 'url')
  const { servers, ledger } = fakeServer()
  expect(await deliver(lab.db, servers, commandUuid, () => later(1))).toMatchObject({
    status: 'lapsed',
    reason: expect.stringContaining(elsewhere(device.mdmServerId)),
  })
  expect(ledger.enqueued).toEqual([])
})

test('the client that sends is made from the row that was compared', async () => {
  const { commandUuid, device } = await releasedTrial(lab.db)
  const asked: string[] = []
  // The address of a client made before the claim was not compared: such a client may read, but not send.
  const lookOnly = { ...createNanomdm({ url: 'http://127.0.0.1:9', apiKey: 'none' }) }
  lookOnly.enqueue = () => Promise.reject(new Error('sent by a client from before the claim'))
  const servers: MdmServers = async (serverId, within) => {
    if (within === undefined) return lookOnly
    const server = there(await findServer(within, serverId))
    asked.push(server.url)
    const edited = edit(serverId, { url: elsewhere(serverId) })
    const client = createNanomdm({ url: server.url, apiKey: server.apiKey })
    return {
      ...client,
      enqueue: async () => ({ outcome: 'queued', reason: `the edit is ${(await edited).status}` }),
      push: async () => ({ ok: true }),
    }
  }
  const delivery = await deliver(lab.db, servers, commandUuid, () => later(121))
  const { url } = there(await findServer(lab.db, device.mdmServerId))
  expect(delivery).toMatchObject({ status: 'sent', result: { reason: 'the edit is refused' } })
  expect(asked).toEqual([url])
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ serverUrl: url })
})

test('address and key stay while a trial is armed, held or unanswered, and can change before and after', async () => {
  const armed = await armedTrial(lab.db)
  const id = armed.device.mdmServerId
  const refusedWith = async (words: string) => {
    expect(await edit(id, { url: elsewhere(id) })).toMatchObject({
      status: 'refused',
      field: 'url',
      reason: expect.stringContaining(words),
    })
    expect(await edit(id, { apiKey: 'another-key-of-sixteen' })).toMatchObject({
      status: 'refused',
      field: 'apiKey',
    })
    expect(await edit(id, { name: `Named ${words}` })).toMatchObject({ status: 'saved' })
  }
  await refusedWith('is armed')
  const seen = await seenSlot(lab.db, armed.trialId)
  must(await releaseSigned(lab.db, engineer, seen), 'released')
  await refusedWith('is released')
  must(
    await cancelRelease(lab.db, engineer, { trialId: armed.trialId, ordinal: 1 }, later(5)),
    'cancelled',
  )
  expect(await edit(id, { url: elsewhere(id), apiKey: 'another-key-of-sixteen' })).toMatchObject({
    status: 'saved',
  })
  const serialLast4 = armed.device.serial.slice(-4)
  must(await armTrial(lab.db, engineer, { trialId: armed.trialId, serialLast4 }, later(6)), 'done')
  const anew = await seenSlot(lab.db, armed.trialId, 1, later(7))
  const { commandUuid } = must(await releaseSigned(lab.db, engineer, anew, later(7)), 'released')
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ serverUrl: elsewhere(id) })
  // Each signature names its own address, and neither is broken by the other.
  const checked = await checkSignatures(lab.db, armed.trialId)
  expect(checked.map(({ differences }) => differences)).toEqual([[], []])
})

test('encrypting the keys again with another secret key is no change, also while a trial is armed', async () => {
  const { device } = await armedTrial(lab.db)
  const id = device.mdmServerId
  const { apiKey, hmacKey } = there(await findServer(lab.db, id))
  const sealed = sealServerKeys(id, { apiKey, hmacKey })
  await lab.sql`update mdm_servers set api_key = ${sealed.apiKey} where id = ${id}`
  expect(await findServer(lab.db, id)).toMatchObject({ apiKey })
})

test.each([
  ['queued', undefined],
  ['unconfirmed', { outcome: 'unconfirmed', reason: 'nobody answered' } as const],
])('while a command is %s, the address of its server cannot change', async (state, result) => {
  const { device } = await sentTrial(lab.db, { ...(result && { result }) })
  expect(await edit(device.mdmServerId, { url: elsewhere(device.mdmServerId) })).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining(`ScheduleOSUpdate is ${state}`),
  })
})

test('a disarmed trial lets the key be rotated, and the same key again is no change', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const long = 'a-key-that-is-long-enough'
  must(await disarmTrial(lab.db, engineer, { trialId }, later(1)), 'done')
  expect(await edit(device.mdmServerId, { apiKey: long })).toMatchObject({ status: 'saved' })
  const again = await armedTrial(lab.db, { serverId: device.mdmServerId })
  expect(await edit(again.device.mdmServerId, { apiKey: long })).toMatchObject({ status: 'saved' })
})

test('the database enforces it too, whoever writes', async () => {
  const { commandUuid, device } = await releasedTrial(lab.db)
  const { sql } = lab
  const id = device.mdmServerId
  await expect(updateServer(lab.db, id, { url: elsewhere(id) })).rejects.toThrow()
  await expect(sql`update mdm_servers set url = ${elsewhere(id)} where id = ${id}`).rejects.toThrow(
    /cannot change now: trial T-\d+ is released/,
  )
  await expect(
    sql`update mdm_servers set api_key_sha256 = ${'1'.repeat(64)} where id = ${id}`,
  ).rejects.toThrow(/cannot change now/)
  await expect(
    sql`update commands set server_url = ${elsewhere(id)} where command_uuid = ${commandUuid}`,
  ).rejects.toThrow(/never changes/)
  await changeUnguarded(id, 'url')
  await expect(
    sql.begin(async (tx) => {
      await tx`update trials set state = 'observing', consumed = true where device_id = ${device.id}`
      await tx`update commands set state = 'sending' where command_uuid = ${commandUuid}`
    }),
  ).rejects.toThrow(/was reserved for/)
})

test('an edit at the same time as a release happens before it or is refused', async () => {
  for (let run = 0; run < 6; run += 1) {
    const { trialId, device } = await armedTrial(lab.db)
    const seen = await seenSlot(lab.db, trialId)
    must(await disarmTrial(lab.db, engineer, { trialId }, later(1)), 'done')
    const id = device.mdmServerId
    const serialLast4 = device.serial.slice(-4)
    const press = async () => {
      must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, later(2)), 'done')
      return releaseSigned(lab.db, engineer, seen, later(3))
    }
    const [edited, released] = await Promise.all([edit(id, { url: elsewhere(id) }), press()])
    const server = there(await findServer(lab.db, id))
    if (released.status === 'released') {
      const command = there(await findCommand(lab.db, released.commandUuid))
      expect(command.serverUrl).toBe(server.url)
      expect(edited.status).toBe('refused')
    } else expect(released.status).toBe('changed')
  }
})

test('an edit waits for a release that holds the server, and is then refused', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const id = device.mdmServerId
  await lab.sql`update trials set state = 'registered' where id = ${trialId}`
  const [held, go] = [gate(), gate()]
  const arming = lab.sql.begin(async (tx) => {
    await tx`update trials set state = 'armed' where id = ${trialId}`
    held.open()
    await go.opened
  })
  await held.opened
  const editing = edit(id, { url: elsewhere(id) })
  await waitUntilBlocked()
  go.open()
  await arming
  expect(await editing).toMatchObject({ status: 'refused', field: 'url' })
})

test('one MDM server is one entry, in whatever spelling its address is given', async () => {
  const device = await addDevice(lab.db)
  const { url } = there(await findServer(lab.db, device.mdmServerId))
  const wish = {
    name: 'Twin',
    slug: 'twin',
    apiKey: 'a-key-of-sixteen-1',
    hmacKey: 'a-key-of-sixteen-2',
  }
  for (const twin of [url, `${url}/`, url.replace('127.0.0.1', 'localhost')])
    expect(await saveServer(lab.db, admin, { ...wish, url: twin }), twin).toMatchObject({
      status: 'refused',
      field: 'url',
      reason: expect.stringContaining('Lab NanoMDM'),
    })
  const both = await Promise.all(
    ['a', 'b'].map((slug) =>
      saveServer(lab.db, admin, { ...wish, slug, url: 'https://twin.example' }),
    ),
  )
  expect(both.map(({ status }) => status).toSorted()).toEqual(['refused', 'saved'])
})

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there')
  return value
}

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Waits until PostgreSQL reports a session that waits for a lock. */
async function waitUntilBlocked(): Promise<void> {
  for (;;) {
    const [row] = await lab.sql`
      select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    if (row?.n > 0) return
  }
}
