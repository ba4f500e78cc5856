import { notFound } from 'next/navigation'
import { z } from 'zod'
import { authorize } from '@/lib/auth/guard'
import { findRadar, type Radar } from '@/lib/db/queries/radars/radars'
import type { RadarContent } from '@/lib/domain/radar/radar'

/** A radar with its text; the 404 page where there is none. */
export async function radarOr404(id: string): Promise<Radar & { content: RadarContent }> {
  const { db } = await authorize('look')
  const radar = z.uuid().safeParse(id).success ? await findRadar(db, id) : undefined
  if (!radar?.content) notFound()
  return { ...radar, content: radar.content }
}
