import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { refusalFor } from '@/lib/domain/account/permissions'
import { env } from '@/lib/env'
import { usualServerKind } from '@/lib/mdm/server-kinds'
import { ServerForm } from '../form'

export const metadata: Metadata = { title: 'Add an MDM server' }

export default async function NewServerPage() {
  const { actor } = await authorize('look')
  const reason = refusalFor(actor, 'manageServers')
  return (
    <>
      <PageHeader
        title="Add an MDM server"
        description="Its devices are added automatically when they check in."
      />
      {reason ? (
        <Refusal reason={reason} />
      ) : (
        <ServerForm
          baseUrl={env().ONEWAY_BASE_URL}
          initial={{
            kind: usualServerKind,
            storage: 'unknown',
            name: '',
            slug: '',
            url: '',
            apiKey: '',
            hmacKey: '',
            declarationsUrl: '',
            declarationsKey: '',
          }}
        />
      )}
    </>
  )
}
