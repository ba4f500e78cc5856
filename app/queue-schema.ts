import { z } from 'zod'
import { queuePriorities } from '@/lib/domain/planning/queue'

export const joinSchema = z.object({
  deviceId: z.uuid(),
  protocolVersionId: z.uuid('Choose a protocol.'),
  priority: z.enum(queuePriorities, 'Choose what it is for.'),
})

export type JoinInput = z.input<typeof joinSchema>
