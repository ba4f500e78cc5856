import type { Metadata } from 'next'
import { PageHeader } from '@/components/page-header'
import { Refusal } from '@/components/refusal'
import { requireActor } from '@/lib/auth/actor'
import { refusalFor } from '@/lib/domain/actor'
import { ServerForm } from '../form'

export const metadata: Metadata = { title: 'Add a NanoMDM' }

export default async function NewServerPage() {
  const because = refusalFor(await requireActor(), 'manageServers')
  return (
    <>
      <PageHeader
        title="Add a NanoMDM"
        description="Its devices come in by themselves when they check in."
      />
      {because ? (
        <Refusal because={because} />
      ) : (
        <ServerForm initial={{ name: '', slug: '', url: '', apiKey: '', hmacKey: '' }} />
      )}
    </>
  )
}
