import { z } from 'zod'
import { environments, platforms } from '@/lib/domain/device/device'
import { textProblem } from '@/lib/domain/text/typed-text'
import { readTrialFilter, trialFilterFields } from '@/lib/domain/trial/trial-filter'

const place = {
  environment: z.enum(environments).optional().meta({
    description: 'The environment. Without it: real, once the lab has a real trial.',
  }),
  cursor: z.string().max(600).optional().meta({ description: '`next` of the previous page.' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(100)
    .meta({ description: 'Rows per page.' }),
}

export const devicesQuery = z.strictObject({
  ...place,
  platform: z.enum(platforms).optional(),
  verdict: z.enum(['qualified', 'notYet', 'no']).optional(),
  version: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'The OS version as the device reports it.' }),
  text: z.string().max(100).optional(),
  retired: z.enum(['true', 'false']).optional(),
})

const filterFields = Object.fromEntries(
  trialFilterFields.map((field) => [field, z.string().max(200).optional()]),
)

export const trialsParams = z.strictObject({ ...place, ...filterFields })

export const trialsQuery = trialsParams.transform(
  ({ environment, cursor, limit, ...asked }, context) => {
    const { filter, problems } = readTrialFilter(asked)
    for (const { field, reason, accepted } of problems)
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `${reason}; accepted: ${accepted}`,
      })
    return { environment, cursor, limit, filter }
  },
)

/**
 * What an address asks for, or why it cannot be answered. An unknown name and one that occurs
 * twice are refused: a filter that is ignored shows too much.
 */
export function readQuery<S extends z.ZodType>(
  url: URL,
  schema: S,
): { query: z.output<S> } | { problem: string } {
  const { searchParams } = url
  const twice = [...searchParams.keys()].find((name, at, all) => all.indexOf(name) !== at)
  if (twice !== undefined) return { problem: `${twice.slice(0, 100)} stands twice` }
  const unkept = [...searchParams].find(([, text]) => textProblem(text) !== undefined)
  if (unkept) return { problem: `${unkept[0].slice(0, 100)}: ${textProblem(unkept[1])}` }
  const read = schema.safeParse(Object.fromEntries(searchParams))
  if (read.success) return { query: read.data }
  const words = read.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
  return { problem: words.join('; ') }
}
