'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { paths } from '@/lib/paths'
import { checkServer } from '@/lib/services/check-server'
import { renewWebhookToken, resumeSending, saveServer } from '@/lib/services/save-server'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { type ServerText, serverSchema } from './schema'

export async function saveServerAction(input: ServerText) {
  const actor = await requireActorForAction()
  const result = await saveServer(db, actor, serverSchema.parse(input))
  if (result.status === 'saved') revalidatePath(paths.servers(), 'layout')
  return result
}

export async function resumeSendingAction(serverId: string) {
  const actor = await requireActorForAction()
  const result = await resumeSending(db, actor, z.uuid().parse(serverId))
  if (result.status === 'saved') revalidatePath(paths.servers(), 'layout')
  return result
}

export async function renewWebhookTokenAction(serverId: string) {
  const actor = await requireActorForAction()
  return renewWebhookToken(db, actor, z.uuid().parse(serverId))
}

export async function checkServerAction(serverId: string) {
  const actor = await requireActorForAction()
  const input = { serverId: z.uuid().parse(serverId) }
  const result = await checkServer(db, mdmServersOf(db), actor, input, () => new Date())
  if (result.status === 'checked') revalidatePath(paths.servers(), 'layout')
  return result
}
