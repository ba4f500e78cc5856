import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { refusalFor } from '@/lib/domain/account/permissions'
import { RadarEditor } from '../../editor'
import { radarOr404 } from '../radar-or-404'

export const metadata: Metadata = { title: 'Edit a radar' }

type Props = { params: Promise<{ id: string }> }

export default async function EditRadarPage({ params }: Props) {
  const { actor } = await authorize('look')
  const { id, number, simulated, state, content } = await radarOr404((await params).id)
  const filed = 'It is filed: its text is kept unchanged.'
  return (
    <>
      <PageHeader title={`Edit R-${number}`} environment={simulated ? 'simulated' : 'real'} />
      <RadarEditor
        initial={content}
        about={{ radarId: id }}
        reason={refusalFor(actor, 'writeRadar') ?? (state === 'drafted' ? undefined : filed)}
      />
    </>
  )
}
