import { z } from 'zod'
import { savedPages, viewNameProblem } from '@/lib/domain/saved-view'

const named = {
  name: z
    .string()
    .max(1000)
    .check((context) => {
      const message = viewNameProblem(context.value)
      if (message) context.issues.push({ code: 'custom', message, input: context.value })
    }),
  shared: z.boolean(),
}

export const saveSchema = z.object({
  ...named,
  page: z.enum(savedPages),
  filters: z.record(z.string().max(100), z.string().max(1000)),
})
export const changeSchema = z.object({ ...named, viewId: z.uuid() })
export const deleteSchema = z.object({ viewId: z.uuid() })
export const namedSchema = z.object(named)

export type NamedInput = z.input<typeof namedSchema>
