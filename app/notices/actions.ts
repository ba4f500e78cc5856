'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { discardDelivery, retryDelivery } from '@/lib/core/notices/decide-delivery'
import {
  deleteTarget,
  renewTargetSecret,
  saveTarget,
  sendTestNotice,
} from '@/lib/core/notices/save-target'
import { paths } from '@/lib/paths'
import { deliverySchema, type TargetInput, targetIdSchema, targetSchema } from './schema'

const shownAgain = () => revalidatePath(paths.notices(), 'layout')

export async function saveTargetAction(input: TargetInput) {
  return authorizeAction('manageNotices', targetSchema, input, async ({ actor, db }, wanted) => {
    const result = await saveTarget(db, actor, wanted, new Date())
    if (result.status === 'saved') shownAgain()
    return result
  })
}

export async function renewSecretAction(targetId: string) {
  return authorizeAction('manageNotices', targetIdSchema, targetId, async ({ actor, db }, id) =>
    renewTargetSecret(db, actor, id, new Date()),
  )
}

export async function deleteTargetAction(targetId: string) {
  return authorizeAction('manageNotices', targetIdSchema, targetId, async ({ actor, db }, id) => {
    const result = await deleteTarget(db, actor, id)
    if (result.status === 'deleted') revalidatePath(paths.notices())
    return result
  })
}

export async function testTargetAction(targetId: string) {
  return authorizeAction('manageNotices', targetIdSchema, targetId, async ({ actor, db }, id) => {
    const result = await sendTestNotice(db, actor, id, new Date())
    if (result.status === 'queued') shownAgain()
    return result
  })
}

export async function retryDeliveryAction(input: { id: number }) {
  return authorizeAction('decideNotice', deliverySchema, input, async ({ actor, db }, delivery) => {
    const result = await retryDelivery(db, actor, delivery, new Date())
    if (result.status === 'decided') shownAgain()
    return result
  })
}

export async function discardDeliveryAction(input: { id: number }) {
  return authorizeAction('decideNotice', deliverySchema, input, async ({ actor, db }, delivery) => {
    const result = await discardDelivery(db, actor, delivery, new Date())
    if (result.status === 'decided') shownAgain()
    return result
  })
}
