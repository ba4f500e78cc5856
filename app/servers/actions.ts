'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { checkServer } from '@/lib/services/check-server'
import { renewWebhookToken, resumeSending, saveServer } from '@/lib/services/save-server'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { type ServerText, serverSchema } from './schema'

export async function saveServerAction(input: ServerText) {
  return enterAction('manageServers', async ({ actor, db }) => {
    const result = await saveServer(db, actor, serverSchema.parse(input))
    if (result.status === 'saved') revalidatePath(paths.servers(), 'layout')
    return result
  })
}

export async function resumeSendingAction(serverId: string) {
  return enterAction('manageServers', async ({ actor, db }) => {
    const result = await resumeSending(db, actor, z.uuid().parse(serverId))
    if (result.status === 'saved') revalidatePath(paths.servers(), 'layout')
    return result
  })
}

export async function renewWebhookTokenAction(serverId: string) {
  return enterAction('manageServers', async ({ actor, db }) => {
    return renewWebhookToken(db, actor, z.uuid().parse(serverId))
  })
}

export async function checkServerAction(serverId: string) {
  return enterAction('manageServers', async ({ actor, db }) => {
    const input = { serverId: z.uuid().parse(serverId) }
    const result = await checkServer(db, mdmServersOf(db), actor, input, () => new Date())
    if (result.status === 'checked') revalidatePath(paths.servers(), 'layout')
    return result
  })
}
