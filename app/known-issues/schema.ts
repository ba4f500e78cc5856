import { z } from 'zod'
import { families } from '@/lib/domain/device/device'
import { readingFieldNames } from '@/lib/domain/reading/reading'
import { issueEffects, type KnownIssue } from '@/lib/domain/rules/rule'

/** Generous: what is too long or of the wrong form is the service's to refuse, at its field. */
const typed = z.string().max(2000)

/** The content of an issue as it is typed; builds with blanks or commas between them. */
const contentSchema = z.object({
  effect: z.enum(issueEffects),
  field: z.enum(readingFieldNames).optional(),
  family: z.enum(families),
  ...{ from: typed, to: typed, builds: typed, fault: typed },
  ...{ radar: typed, url: typed, trial: typed },
})
export type TypedContent = z.infer<typeof contentSchema>

const number = z.number().int().positive().max(1_000_000)

export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('added'), content: contentSchema }),
  z.object({
    ...{ kind: z.literal('changed'), issue: number, reason: typed, content: contentSchema },
    /** What was typed over. */
    seen: contentSchema.optional(),
  }),
  z.object({ kind: z.literal('ended'), issue: number, reason: typed }),
])

export const emptyContent: TypedContent = {
  ...{ effect: 'block', family: 'iOS', from: '', to: '', builds: '' },
  ...{ fault: '', radar: '', url: '', trial: '' },
}

/** An issue as the form shows it. */
export const typedOf = (issue: KnownIssue): TypedContent => ({
  ...{ effect: issue.effect, field: issue.field, family: issue.family, from: issue.from },
  ...{ to: issue.to ?? '', builds: issue.builds.join(', '), fault: issue.fault },
  ...{ radar: issue.radar ?? '', url: issue.url ?? '' },
  trial: issue.trialNumber === undefined ? '' : `T-${issue.trialNumber}`,
})
