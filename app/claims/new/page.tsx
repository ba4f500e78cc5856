import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { refusalFor } from '@/lib/domain/account/permissions'
import { ClaimEditor } from '../editor'
import { emptyClaim } from '../schema'

export const metadata: Metadata = { title: 'New claim' }

export default async function NewClaimPage() {
  const { actor } = await authorize('look')
  return (
    <>
      <PageHeader
        title="New claim"
        description="What Apple or somebody else says that devices do, with its source. A protocol that names it has its trials compared with it."
      />
      <ClaimEditor initial={emptyClaim} reason={refusalFor(actor, 'editClaim')} />
    </>
  )
}
