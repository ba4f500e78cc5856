/** For how many days a share link may be open. */
export const shareDays = { min: 1, max: 90, usual: 14 } as const
export const maxShareTitle = 200
/** Links that are open at once; each keeps what it shows. */
export const maxOpenShares = 100
/** The largest content of a link, in bytes. */
export const maxShareBytes = 16 * 1024 * 1024

/** What a link is of: a frozen report, or the report of one trial as it was when the link was made. */
export type SharedRecord = { frozenReportId: string } | { trialId: string }

type Times = { expiresAt: Date; revokedAt: Date | null }

export type ShareState = 'open' | 'expired' | 'revoked'

/** A revoked link stays revoked after it would have expired. */
export function shareStateAt({ expiresAt, revokedAt }: Times, now: Date): ShareState {
  if (revokedAt !== null) return 'revoked'
  return now < expiresAt ? 'open' : 'expired'
}
