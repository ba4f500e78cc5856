import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { refusalFor } from '@/lib/domain/account/permissions'
import { ProtocolEditor } from '../editor'
import { emptyProtocol } from '../schema'

export const metadata: Metadata = { title: 'New protocol' }

export default async function NewProtocolPage() {
  const { actor } = await authorize('look')
  return (
    <>
      <PageHeader title="New protocol" />
      <ProtocolEditor initial={emptyProtocol} reason={refusalFor(actor, 'editProtocol')} />
    </>
  )
}
