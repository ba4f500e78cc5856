import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { refusalFor } from '@/lib/domain/account/permissions'
import { TargetForm } from '../form'

export const metadata: Metadata = { title: 'Add a receiver' }

export default async function NewTargetPage() {
  const { actor } = await authorize('look')
  const reason = refusalFor(actor, 'manageNotices')
  return (
    <>
      <PageHeader
        title="Add a receiver"
        description="A program that gets a signed webhook when something happens here."
      />
      {reason ? (
        <Refusal reason={reason} />
      ) : (
        <TargetForm
          initial={{ name: '', url: '', topics: [], withSimulated: false, isOn: false }}
        />
      )}
    </>
  )
}
