import { notFound } from 'next/navigation'
import { z } from 'zod'
import { db } from '@/lib/db/pool'
import { listProtocolVersions, type ProtocolVersion } from '@/lib/db/protocols'

/** Every version of a protocol, the newest first; the 404 page where there is none. */
export async function versionsOr404(id: string): Promise<[ProtocolVersion, ...ProtocolVersion[]]> {
  if (!z.uuid().safeParse(id).success) notFound()
  const [newest, ...older] = await listProtocolVersions(db, id)
  return newest ? [newest, ...older] : notFound()
}
