import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { contentOfClaim } from '@/lib/db/queries/claims'
import { refusalFor } from '@/lib/domain/account/permissions'
import { ClaimEditor } from '../../editor'
import { typedClaimOf } from '../../schema'
import { claimOr404 } from '../claim-or-404'

export const metadata: Metadata = { title: 'Edit a claim' }

export default async function EditClaimPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor } = await authorize('look')
  const [newest] = await claimOr404((await params).id)
  return (
    <>
      <PageHeader
        title={`Edit C-${newest.number}`}
        description={`Saving makes version ${newest.version + 1}; protocols keep the version they name.`}
      />
      <ClaimEditor
        initial={typedClaimOf(contentOfClaim(newest))}
        claimId={newest.claimId}
        basedOn={newest.version}
        reason={refusalFor(actor, 'editClaim')}
      />
    </>
  )
}
