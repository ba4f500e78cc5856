import { notFound } from 'next/navigation'
import { z } from 'zod'
import { authorize } from '@/lib/auth/guard'
import { listProtocolVersions, type ProtocolVersion } from '@/lib/db/queries/trials/protocols'

/** Every version of a protocol, the newest first; the 404 page where there is none. */
export async function versionsOr404(id: string): Promise<[ProtocolVersion, ...ProtocolVersion[]]> {
  const { db } = await authorize('look')
  if (!z.uuid().safeParse(id).success) notFound()
  const [newest, ...older] = await listProtocolVersions(db, id)
  return newest ? [newest, ...older] : notFound()
}
