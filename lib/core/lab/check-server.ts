import type { Db } from '@/lib/db/client'
import {
  deleteServerSilence,
  findLastDeclarative,
  findLastPush,
  firstContactSince,
  insertServerCheck,
  listOpenChecks,
  newestRawEventId,
  settleCheck,
} from '@/lib/db/queries/servers/server-checks'
import { findShownServer, type ShownServer as ServerRow } from '@/lib/db/queries/servers/servers'
import { transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import { listenForMs, type ServerFinding } from '@/lib/domain/server/server-check'
import type { DeclarationServer } from '@/lib/mdm/declarations/declaration-server'
import type { MdmServer } from '@/lib/mdm/server'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { storageAdvice } from '@/lib/mdm/server-promises'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'

/**
 * Checks an MDM server without contacting any device: nothing is queued and nothing pushed. Whether an event of its
 * webhook arrives is settled after a minute by `settleChecks`.
 */
export async function checkServer(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: { serverId: string },
  clock: () => Date,
): Promise<{ status: 'checked'; checkId: number } | Refusal> {
  const no = forbidden(actor, 'manageServers')
  if (no) return no
  const server = await findShownServer(db, input.serverId)
  if (!server) return refused('There is no such server.')
  const at = clock()
  const afterEventId = await newestRawEventId(db)
  const client = await servers(server.id)
  const asked = await askServer(client)
  // Commands that wait until the server answers again may be sent now.
  if (asked.some(({ what, found }) => what === 'reachable' && found === 'yes'))
    await deleteServerSilence(db, server.id)
  const findings = [...asked, await pushFinding(db, server), storageFinding(server)]
  if (client.declarations)
    findings.push(...(await askDeclarations(db, server.id, client.declarations)))
  const by = { byId: actor.id, byName: actor.name }
  const check = { mdmServerId: server.id, at, ...by, findings, afterEventId }
  const checkId = await transact(db, actor, (tx) => insertServerCheck(tx, check))
  return { status: 'checked', checkId }
}

async function askServer(client: MdmServer): Promise<ServerFinding[]> {
  const { version, key, answered } = await askBoth(client)
  return [
    { what: 'reachable', found: answered ? 'yes' : 'no', reason: version },
    { what: 'key', ...key },
  ]
}

/** Version and key; a server that answers one of them can be reached. */
async function askBoth(client: Pick<MdmServer, 'version' | 'tryKey'>) {
  const version = await client.version()
  const key = await client.tryKey()
  return {
    version: version.ok ? `it answers with version "${version.version}"` : version.reason,
    key,
    answered: version.ok || key.found !== 'unknown',
  }
}

/** Asks the program that keeps declarations. No answer of it shows that a device is told of anything. */
async function askDeclarations(
  db: Db,
  serverId: string,
  client: DeclarationServer,
): Promise<ServerFinding[]> {
  const { version, key, answered } = await askBoth(client)
  const spokenAt = await findLastDeclarative(db, serverId)
  const reason = spokenAt
    ? `a device spoke declarative management at ${spokenAt.toISOString()}; that is posted also where ${client.name} could not be reached, so only what a device fetches and reports shows it`
    : `no device of this server has spoken declarative management lately, and ${client.name} does not say whether it reaches the MDM server`
  return [
    { what: 'declarationsReachable', found: answered ? 'yes' : 'no', reason: version },
    { what: 'declarationsKey', ...key },
    { what: 'declarationsDelivered', found: 'unknown', reason },
  ]
}

/** No API shows whether there is a push certificate; the error of a failed push may. */
async function pushFinding(db: Db, { id, kind }: ServerRow): Promise<ServerFinding> {
  const what = 'pushCertificate'
  const { pushesByItself, pushCertificateError } = serverTraits[kind]
  const push = await findLastPush(db, id)
  if (!push) {
    const reason = pushesByItself
      ? 'it pushes by itself, and only its log says whether Apple took that'
      : 'no push has gone through this server from here yet'
    return { what, found: 'unknown', reason }
  }
  const when = `at ${push.at.toISOString()}`
  if (push.problem === null)
    return { what, found: 'yes', reason: `the server says that its last push, ${when}, was taken` }
  const isMissing = pushCertificateError && push.problem.includes(pushCertificateError)
  return {
    what,
    found: isMissing ? 'no' : 'unknown',
    reason: `the last push, ${when}, failed: ${push.problem}`,
  }
}

function storageFinding(server: ServerRow): ServerFinding {
  const { storage } = server
  const { name, storages } = serverTraits[server.kind]
  const what = 'storage'
  const advice = storageAdvice(server)
  if (Object.keys(storages).length === 0)
    return advice === undefined
      ? { what, found: 'yes', reason: `${name} has one storage only` }
      : { what, found: 'no', reason: advice }
  if (storage === 'unknown') return { what, found: 'unknown', reason: advice ?? '' }
  const reported = `an admin says it is ${storages[storage] ?? storage}; the server's API does not report it`
  return {
    what,
    found: advice === undefined ? 'yes' : 'no',
    reason: advice === undefined ? reported : `${reported}. ${advice}`,
  }
}

/**
 * Records for each check whether an event arrived in the minute after it began.
 * @returns how many checks it settled
 */
export async function settleChecks(db: Db, now: Date): Promise<number> {
  let settled = 0
  for (const check of await listOpenChecks(db)) {
    const limit = check.at.getTime() + listenForMs
    const received = await firstContactSince(db, check)
    const contactAt = received && received.getTime() <= limit ? received : null
    if (!contactAt && now.getTime() < limit) continue
    await transact(db, systemActor, (tx) =>
      settleCheck(tx, check.id, { contactAt, settledAt: now }),
    )
    settled += 1
  }
  return settled
}
