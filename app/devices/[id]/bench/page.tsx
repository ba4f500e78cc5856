import { redirect } from 'next/navigation'
import { authorize } from '@/lib/auth/guard'
import { findLiveTrial } from '@/lib/db/queries/trials/trials'
import { paths } from '@/lib/paths'
import { deviceOr404 } from '../device'

type Props = { params: Promise<{ id: string }> }

/** What the code on a label leads to: bench mode of the trial under way, or the page of the device. */
export default async function DeviceBenchPage({ params }: Props): Promise<never> {
  const { db } = await authorize('look')
  const { id } = await deviceOr404((await params).id)
  const live = await findLiveTrial(db, id)
  redirect(live ? paths.trial(live.id, { view: 'bench' }) : paths.device(id))
}
