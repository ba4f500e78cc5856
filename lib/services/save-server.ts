import type { Db } from '@/lib/db/client'
import {
  findServer,
  findServerBySlug,
  insertServer,
  resumeServer,
  updateServer,
} from '@/lib/db/servers'
import type { Actor } from '@/lib/domain/actor'
import { serverUrlProblem } from '@/lib/mdm/server-url'
import { forbidden, type Refusal, refused } from './result'

export type SaveServer = {
  /** Undefined for a new one. */
  id?: string | undefined
  name: string
  slug: string
  url: string
  /** Undefined leaves the stored key as it is. */
  apiKey?: string | undefined
  hmacKey?: string | undefined
}
type Result = { status: 'saved'; serverId: string } | Refusal

/** Adds a real NanoMDM or changes one. The virtual lab's own entry is kept by the program that runs it. */
export async function saveServer(db: Db, actor: Actor, input: SaveServer): Promise<Result> {
  const not = forbidden(actor, 'manageServers')
  if (not) return not
  const wrong = serverUrlProblem(input.url)
  if (wrong !== undefined) return refused(`This address cannot be used: ${wrong}.`, 'url')
  return db.transaction(async (tx): Promise<Result> => {
    const holder = await findServerBySlug(tx, input.slug)
    if (holder && holder.id !== input.id)
      return refused(`${holder.name} has this short name already.`, 'slug')
    return input.id === undefined ? add(tx, input) : change(tx, input.id, input)
  })
}

async function add(tx: Db, { name, slug, url, apiKey, hmacKey }: SaveServer): Promise<Result> {
  if (!apiKey) return refused('A new server needs its API key.', 'apiKey')
  if (!hmacKey) return refused('A new server needs the key that signs its webhook.', 'hmacKey')
  const server = { name, slug, url, apiKey, hmacKey, kind: 'nanomdm', simulated: false } as const
  return { status: 'saved', serverId: await insertServer(tx, server) }
}

async function change(tx: Db, id: string, input: SaveServer): Promise<Result> {
  const server = await findServer(tx, id)
  if (!server) return refused('There is no such server.')
  if (server.simulated) return refused('The virtual lab sets its own address and keys.')
  const { name, slug, url, apiKey, hmacKey } = input
  const keys = { ...(apiKey ? { apiKey } : {}), ...(hmacKey ? { hmacKey } : {}) }
  await updateServer(tx, id, { name, slug, url, ...keys })
  return { status: 'saved', serverId: id }
}

/** Lets commands go out again after an admin has looked into the alarm that stopped them. */
export async function resumeSending(db: Db, actor: Actor, serverId: string): Promise<Result> {
  const not = forbidden(actor, 'manageServers')
  if (not) return not
  const server = await findServer(db, serverId)
  if (!server) return refused('There is no such server.')
  await resumeServer(db, serverId)
  return { status: 'saved', serverId }
}
