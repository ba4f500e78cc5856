import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { claimChoices, listClaimVersions } from '@/lib/db/queries/claims'
import { refusalFor } from '@/lib/domain/account/permissions'
import { textOf } from '../../schema'
import { ProtocolWriter } from '../../writer'
import { versionsOr404 } from '../versions'

export const metadata: Metadata = { title: 'Edit protocol' }

export default async function EditProtocolPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, db } = await authorize('look')
  const [newest] = await versionsOr404((await params).id)
  return (
    <>
      <PageHeader
        title={<UserText>{newest.plan.title}</UserText>}
        description={`Saving makes version ${newest.version + 1}; existing trials keep their version.`}
      />
      <ProtocolWriter
        initial={textOf(newest.plan)}
        protocolId={newest.protocolId}
        basedOn={newest.version}
        claims={claimChoices(await listClaimVersions(db), newest.plan.claims ?? [])}
        reason={refusalFor(actor, 'editProtocol')}
      />
    </>
  )
}
