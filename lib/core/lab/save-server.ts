import type { Db } from '@/lib/db/client'
import { uniqueViolation } from '@/lib/db/errors'
import {
  findLeftDeclaration,
  findNameAtAddress,
  findPending,
  findShownServer,
  findShownServerBySlug,
  insertServer,
  lockServerForEdit,
  type MdmServer,
  resumeServer,
  updateServer,
} from '@/lib/db/queries/servers/servers'
import { lockBeingTakenBack } from '@/lib/db/queries/trials/declaration-steps'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { weakKeyProblem } from '@/lib/domain/account/weak-key'
import {
  declarationApis,
  type ServerKind,
  type StorageKind,
  serverTraits,
  usualServerKind,
} from '@/lib/mdm/server-kinds'
import { plainUrl, serverUrlProblem } from '@/lib/mdm/server-url'
import { hashWebhookToken, makeWebhookToken } from '@/lib/mdm/webhook-proof'
import { mergeEdit, overtakenRefusal } from '../shared/merge-edit'
import { forbidden, type Refusal, refused } from '../shared/result'
import { giveUpWithdrawn, leaveThem } from './leave-declarations'
import {
  changedDeclarations,
  type DeclarationSettings,
  declarationsChange,
  declarationsTaken,
  plainDeclarations,
} from './server-declarations'

export type SaveServer = DeclarationSettings & {
  /** Undefined for a new server. */
  id?: string | undefined
  /** Of a new server, `usualServerKind` by default; it never changes later. */
  kind?: ServerKind | undefined
  /** Undefined leaves it unchanged. */
  storage?: StorageKind | undefined
  name: string
  slug: string
  url: string
  /** Undefined leaves the stored key unchanged. */
  apiKey?: string | undefined
  hmacKey?: string | undefined
  /** The place of its declarations changes although some are left at the old one, where nothing takes them back. */
  leavesDeclarations?: boolean | undefined
  /** Of an edit, what was typed over; what somebody else changed since is neither put back nor typed over. */
  seen?: SeenServer | undefined
}
type SeenServer = {
  name: string
  slug: string
  url: string
  storage?: StorageKind | undefined
  declarationsUrl?: string | undefined
}
/** `webhookToken` is the secret in the webhook URL of a server that does not sign its webhook; returned once, stored nowhere. */
type Result =
  | { status: 'saved'; serverId: string; webhookToken?: string }
  // With what somebody else saved meanwhile, which the reason names; an edit typed over that is taken.
  | (Refusal & { stored: SeenServer })
  | Refusal

/** Adds or changes a real MDM server. The virtual lab maintains its own entry. */
export async function saveServer(db: Db, actor: Actor, input: SaveServer): Promise<Result> {
  const not = forbidden(actor, 'manageServers')
  if (not) return not
  const wrong = serverUrlProblem(input.url)
  if (wrong !== undefined) return refused(`This address cannot be used: ${wrong}.`, 'url')
  const weak = weakKey(input)
  if (weak) return weak
  const wanted = plainDeclarations({ ...input, url: plainUrl(input.url) })
  if ('status' in wanted) return wanted
  try {
    return await transact(db, actor, async (tx): Promise<Result> => {
      const holder = await findShownServerBySlug(tx, wanted.slug)
      if (holder && holder.id !== wanted.id)
        return refused(`${holder.name} has this short name already.`, 'slug')
      const other = await findNameAtAddress(tx, wanted.url, wanted.id)
      if (other !== undefined) return sameAddress(other)
      const taken = await declarationsTaken(tx, wanted)
      if (taken) return taken
      return wanted.id === undefined ? add(tx, wanted) : change(tx, wanted.id, wanted)
    })
  } catch (error) {
    if (error instanceof NotSaved) return error.refusal
    // Two admins saved the same at once; the unique index accepted one.
    const index = uniqueViolation(error)
    if (index === undefined) throw error
    if (index.endsWith('_address')) return sameAddress('Another entry')
    return refused('Another server was given this short name just now.', 'slug')
  }
}

/** Thrown, so that nothing of an edit that is refused stands. */
class NotSaved extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.reason)
  }
}

/** Two entries for one server would each know only a part of what is pending there. */
const sameAddress = (name: string) =>
  refused(
    `${name} has this address already, perhaps in another spelling: one MDM server is one entry.`,
    'url',
  )

/** Whoever guesses the API key can send commands; whoever guesses the webhook key can forge messages of devices. */
function weakKey(input: SaveServer): Refusal | undefined {
  for (const field of ['apiKey', 'hmacKey', 'declarationsKey'] as const) {
    const problem = input[field] ? weakKeyProblem(input[field]) : undefined
    if (problem !== undefined)
      return refused(
        `This key protects nothing: ${problem}. Give the program a random one, such as \`openssl rand -hex 32\` makes, and write it here.`,
        field,
      )
  }
  return undefined
}

async function add(tx: Db, input: SaveServer): Promise<Result> {
  const { name, slug, url, apiKey, hmacKey, kind = usualServerKind, storage = 'unknown' } = input
  if (!apiKey) return refused('A new server needs its API key.', 'apiKey')
  const strange = strangeStorage(kind, storage)
  if (strange) return strange
  const beside = declarationsChange(kind, undefined, input)
  if ('status' in beside) return beside
  const server = {
    ...{ name, slug, url, apiKey, kind, storage, simulated: false },
    declarationsUrl: beside.declarations?.url ?? null,
    declarationsKey: beside.declarations?.apiKey ?? '',
  }
  if (serverTraits[kind].webhookProof === 'secretAddress') {
    const webhookToken = makeWebhookToken()
    const webhookTokenSha256 = hashWebhookToken(webhookToken)
    const serverId = await insertServer(tx, { ...server, hmacKey: '', webhookTokenSha256 })
    return { status: 'saved', serverId, webhookToken }
  }
  if (!hmacKey) return refused('A new server needs the key that signs its webhook.', 'hmacKey')
  return { status: 'saved', serverId: await insertServer(tx, { ...server, hmacKey }) }
}

/** Refuses a storage that a server of this kind cannot be started with. */
function strangeStorage(kind: ServerKind, storage: StorageKind): Refusal | undefined {
  const { name, storages } = serverTraits[kind]
  if (storage === 'unknown' || storages[storage]) return undefined
  const known = Object.keys(storages).filter((one) => one !== 'unknown')
  const choice = known.length === 0 ? 'It has one only.' : `Choose one of ${known.join(', ')}.`
  return refused(`A ${name} has no storage ${storage}. ${choice}`, 'storage')
}

const editedFields = ['name', 'slug', 'url', 'storage', 'declarationsUrl'] as const
type EditedField = (typeof editedFields)[number]
const editedLabels: Record<EditedField, string> = {
  name: 'Name',
  slug: 'Short name',
  url: 'API address',
  storage: 'Storage',
  declarationsUrl: `Address of ${declarationApis.beside.name}`,
}

async function change(tx: Db, id: string, typed: SaveServer): Promise<Result> {
  const takenBack = await lockBeingTakenBack(tx, id)
  const server = await lockServerForEdit(tx, id)
  if (!server) return refused('There is no such server.')
  if (server.simulated) return refused('The virtual lab sets its own address and keys.')
  const { merged: input, overtaken } = editOf(server, typed)
  if (overtaken.length > 0) return overtakenEdit(server, typed, overtaken)
  const left = await leftBehind(tx, server, input)
  // What is withdrawn already is no reason to stay: nothing can take it back at a server that is gone.
  if (left) await giveUpWithdrawn(tx, takenBack)
  const bound =
    (await boundField(tx, server, input)) ?? (input.leavesDeclarations ? undefined : left)
  if (bound) throw new NotSaved(bound)
  if (left) await leaveThem(tx)
  const { name, slug, url, storage, apiKey } = input
  const strange = storage && strangeStorage(server.kind, storage)
  if (strange) throw new NotSaved(strange)
  const { webhookProof } = serverTraits[server.kind]
  const hmacKey = webhookProof === 'signature' ? input.hmacKey : undefined
  const keys = { ...(apiKey ? { apiKey } : {}), ...(hmacKey ? { hmacKey } : {}) }
  const beside = declarationsChange(server.kind, server, input)
  if ('status' in beside) throw new NotSaved(beside)
  await updateServer(tx, id, { name, slug, url, storage, ...keys, ...beside })
  return { status: 'saved', serverId: id }
}

/** What of a server an edit may type over, as a form shows it. */
const shownOf = ({ name, slug, url, storage, declarationsUrl }: MdmServer) => ({
  ...{ name, slug, url, storage, declarationsUrl: declarationsUrl ?? '' },
})

function editOf(server: MdmServer, typed: SaveServer) {
  const shown = shownOf(server)
  // Absent means that it is left as it is.
  const { storage = shown.storage, declarationsUrl = shown.declarationsUrl } = typed
  const given = { ...typed, storage, declarationsUrl }
  const stored = { ...given, ...shown }
  const seen = { ...stored, ...typed.seen }
  return mergeEdit<SaveServer, EditedField>(editedFields, { seen, stored, typed: given })
}

function overtakenEdit(server: MdmServer, typed: SaveServer, fields: readonly EditedField[]) {
  const stored = shownOf(server)
  const differences = fields.map((field) => ({
    ...{ label: editedLabels[field], theirs: stored[field], yours: typed[field] ?? '' },
  }))
  return { ...overtakenRefusal('saved this server', differences), stored }
}

/**
 * Refuses to change a server's address or API key while anything is pending there: a released command is sent to the
 * address it was released for, and commands in its queue are looked up and pushed there. Entering the same key again
 * is no change.
 */
async function boundField(
  tx: Db,
  server: MdmServer,
  input: SaveServer,
): Promise<Refusal | undefined> {
  const field = changedField(server, input)
  const pending = field && (await findPending(tx, server.id))
  if (!pending) return undefined
  return refused(
    `The ${boundWords[field]} cannot change now: ${pending}. Wait for its end, disarm, cancel or withdraw it first.`,
    field,
  )
}

/**
 * Why the place of a server's declarations stays while any is there: nothing could take it back any more. An admin who
 * knows that the old place is gone says so.
 */
async function leftBehind(
  tx: Db,
  server: MdmServer,
  input: SaveServer,
): Promise<Refusal | undefined> {
  const field = serverTraits[server.kind].declarations === 'builtIn' ? 'url' : 'declarationsUrl'
  const moves =
    field === 'url'
      ? input.url !== server.url
      : changedDeclarations(server, input) === 'declarationsUrl'
  const left = moves ? await findLeftDeclaration(tx, server.id) : undefined
  if (left === undefined) return undefined
  return refused(
    `The ${boundWords[field]} cannot change now: ${left}. Withdraw it or end its trial, and wait until its server holds nothing of it. If the old address is gone for good, say so with the tick box “Leave what is there”.`,
    'leavesDeclarations',
  )
}

const boundWords = {
  url: 'address',
  apiKey: 'API key',
  declarationsUrl: `address of ${declarationApis.beside.name}`,
  declarationsKey: `API key of ${declarationApis.beside.name}`,
}

function changedField(server: MdmServer, input: SaveServer): keyof typeof boundWords | undefined {
  if (input.url !== server.url) return 'url'
  if (input.apiKey && input.apiKey !== server.apiKey) return 'apiKey'
  return changedDeclarations(server, input)
}

/** Resumes sending after an admin has looked into the alarm that stopped it. */
export async function resumeSending(db: Db, actor: Actor, serverId: string): Promise<Result> {
  const not = forbidden(actor, 'manageServers')
  if (not) return not
  return transact(db, actor, async (tx): Promise<Result> => {
    if (!(await findShownServer(tx, serverId))) return refused('There is no such server.')
    await resumeServer(tx, serverId)
    return { status: 'saved', serverId }
  })
}

/** Makes a new secret webhook URL for a server that does not sign its webhook; the old one is refused from then on. */
export async function renewWebhookToken(db: Db, actor: Actor, serverId: string): Promise<Result> {
  const not = forbidden(actor, 'manageServers')
  if (not) return not
  const server = await findShownServer(db, serverId)
  if (!server) return refused('There is no such server.')
  const { name, webhookProof } = serverTraits[server.kind]
  if (webhookProof !== 'secretAddress')
    return refused(`A ${name} signs its webhook with the webhook key; its address holds no secret.`)
  const webhookToken = makeWebhookToken()
  const webhookTokenSha256 = hashWebhookToken(webhookToken)
  await transact(db, actor, (tx) => updateServer(tx, serverId, { webhookTokenSha256 }))
  return { status: 'saved', serverId, webhookToken }
}
