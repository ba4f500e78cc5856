'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { checkServer } from '@/lib/core/lab/check-server'
import { renewWebhookToken, resumeSending, saveServer } from '@/lib/core/lab/save-server'
import { paths } from '@/lib/paths'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { idSchema, type ServerText, serverSchema } from './schema'

export async function saveServerAction(input: ServerText) {
  return authorizeAction('manageServers', serverSchema, input, async ({ actor, db }, wanted) => {
    const result = await saveServer(db, actor, wanted)
    if (result.status === 'saved') revalidatePath(paths.servers(), 'layout')
    return result
  })
}

export async function resumeSendingAction(serverId: string) {
  return authorizeAction('manageServers', idSchema, serverId, async ({ actor, db }, id) => {
    const result = await resumeSending(db, actor, id)
    if (result.status === 'saved') revalidatePath(paths.servers(), 'layout')
    return result
  })
}

export async function renewWebhookTokenAction(serverId: string) {
  return authorizeAction('manageServers', idSchema, serverId, async ({ actor, db }, id) =>
    renewWebhookToken(db, actor, id),
  )
}

export async function checkServerAction(serverId: string) {
  return authorizeAction('manageServers', idSchema, serverId, async ({ actor, db }, id) => {
    const about = { serverId: id }
    const result = await checkServer(db, mdmServersOf(db), actor, about, () => new Date())
    if (result.status === 'checked') revalidatePath(paths.servers(), 'layout')
    return result
  })
}
