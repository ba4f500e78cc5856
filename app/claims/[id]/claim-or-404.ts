import { notFound } from 'next/navigation'
import { z } from 'zod'
import { authorize } from '@/lib/auth/guard'
import { type Claim, listClaimVersions } from '@/lib/db/queries/claims'

/** All versions of a claim, the newest first; the 404 page where there is none. */
export async function claimOr404(id: string): Promise<[Claim, ...Claim[]]> {
  const { db } = await authorize('look')
  const [newest, ...older] = z.uuid().safeParse(id).success ? await listClaimVersions(db, id) : []
  if (!newest) notFound()
  return [newest, ...older]
}
