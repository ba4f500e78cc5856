import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { claimChoices, listClaimVersions } from '@/lib/db/queries/claims'
import { refusalFor } from '@/lib/domain/account/permissions'
import { ProtocolEditor } from '../editor'
import { emptyProtocol } from '../schema'

export const metadata: Metadata = { title: 'New protocol' }

export default async function NewProtocolPage() {
  const { actor, db } = await authorize('look')
  const claims = claimChoices(await listClaimVersions(db), [])
  return (
    <>
      <PageHeader title="New protocol" />
      <ProtocolEditor
        initial={emptyProtocol}
        claims={claims}
        reason={refusalFor(actor, 'editProtocol')}
      />
    </>
  )
}
