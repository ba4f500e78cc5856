import { z } from 'zod'
import { type ClaimContent, claimChecks, claimPlaces, claimSources } from '@/lib/domain/claim/claim'
import { families } from '@/lib/domain/device/device'
import { slotMechanisms } from '@/lib/domain/trial/mechanism'

/** Generous: what is too long or of the wrong form is the service's to refuse, at its field. */
const typed = z.string().max(5000)

/** A claim as it is typed; `path` is a request and its key, as `placeName` writes them. */
const claimFields = z.object({
  ...{ statement: typed, sourceName: typed, url: typed, from: typed, to: typed, howTo: typed },
  source: z.enum(claimSources),
  family: z.enum(families),
  check: z.enum(claimChecks),
  path: typed,
  mechanism: z.enum([...slotMechanisms, 'either']),
})
export type TypedClaim = z.infer<typeof claimFields>

export const saveSchema = z.object({
  claimId: z.uuid().optional(),
  basedOn: z.number().int().positive().optional(),
  content: claimFields,
})

export const emptyClaim: TypedClaim = {
  ...{ statement: '', sourceName: '', url: '', from: '', to: '', howTo: '', path: '' },
  ...{ source: 'apple', family: 'iOS', check: 'screen', mechanism: 'either' },
}

type Place = (typeof claimPlaces)[number]
export const placeName = ({ requestType, path }: Place) => `${requestType}: ${path}`

/** The claim that the typed texts say. */
export function claimOf({ path, to, mechanism, ...typed }: TypedClaim): ClaimContent {
  const place = claimPlaces.find((one) => placeName(one) === path)
  const by = mechanism === 'either' ? undefined : mechanism
  return { ...typed, to: to.trim() || undefined, mechanism: by, ...place }
}

/** A stored claim as the editor shows it. */
export const typedClaimOf = (claim: ClaimContent): TypedClaim => {
  const { requestType, path, to, mechanism = 'either', ...rest } = claim
  return {
    ...rest,
    mechanism,
    to: to ?? '',
    path: requestType && path ? placeName({ requestType, path }) : '',
  }
}
