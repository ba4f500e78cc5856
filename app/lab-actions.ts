'use server'

import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { controlVirtualLab, type LabOrder } from '@/lib/core/lab/control-virtual-lab'
import type { Refusal } from '@/lib/core/shared/result'
import { virtualLabSlug } from '@/lib/demo/seed'
import { labActions } from '@/lib/virtual-lab/actions'
import { createLabControl } from '@/lib/virtual-lab/control-client'
import { variantIds } from '@/lib/virtual-lab/declarative/variants'
import { faultIds } from '@/lib/virtual-lab/faults'
import { storageKinds } from '@/lib/virtual-lab/nanomdm-store'
import { declarationHabits, pushHabits } from '@/lib/virtual-lab/server-habits'

type Result = { status: 'done' } | Refusal

const deviceAction = z.object({
  enrollmentId: z.string().min(1).max(128),
  action: z.enum(labActions),
  value: z.union([z.number(), z.string().max(64)]).optional(),
})
const fault = z.object({
  enrollmentId: z.string().min(1).max(128),
  fault: z.enum(faultIds),
  value: z.union([z.number(), z.boolean()]),
})
const variant = z.object({
  enrollmentId: z.string().min(1).max(128),
  variant: z.enum(variantIds),
  value: z.string().max(64),
})
const habit = z
  .strictObject({
    storage: z.enum(storageKinds).optional(),
    push: z.enum(pushHabits).optional(),
    queueFails: z.boolean().optional(),
    declarations: z.enum(declarationHabits).optional(),
    clockSkewMinutes: z.number().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what is to change.')
const clockSpeed = z.number()

/** Plays the person at a virtual device. Nothing but the virtual lab can be reached by it. */
export async function actOnDeviceAction(input: z.input<typeof deviceAction>): Promise<Result> {
  return perform(
    deviceAction.transform((given) => ({ kind: 'act' as const, ...given })),
    input,
  )
}

/** Makes something go wrong with a virtual device, or stops it. */
export async function setFaultAction(input: z.input<typeof fault>): Promise<Result> {
  return perform(
    fault.transform((given) => ({ kind: 'setFault' as const, ...given })),
    input,
  )
}

/** Chooses how a virtual device behaves under declarations in a point on which sources disagree. */
export async function setVariantAction(input: z.input<typeof variant>): Promise<Result> {
  return perform(
    variant.transform((given) => ({ kind: 'setVariant' as const, ...given })),
    input,
  )
}

/** Gives the virtual NanoMDM other habits; another storage begins empty. */
export async function setServerAction(input: z.input<typeof habit>): Promise<Result> {
  return perform(
    habit.transform((change) => ({ kind: 'setServer' as const, change })),
    input,
  )
}

/** How many virtual seconds pass in a real one. */
export async function setSpeedAction(speed: number): Promise<Result> {
  return perform(
    clockSpeed.transform((given) => ({ kind: 'setSpeed' as const, speed: given })),
    speed,
  )
}

/** Gives every virtual device back as it began. */
export async function resetLabAction(): Promise<Result> {
  return perform(
    z.undefined().transform(() => ({ kind: 'reset' as const })),
    undefined,
  )
}

async function perform(schema: z.ZodType<LabOrder>, input: unknown): Promise<Result> {
  return authorizeAction('controlVirtualLab', schema, input, async ({ actor, db }, order) =>
    controlVirtualLab(db, actor, { slug: virtualLabSlug, order }, createLabControl),
  )
}
