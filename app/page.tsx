import { redirect } from 'next/navigation'
import { requireActor } from '@/lib/auth/actor'
import { paths } from '@/lib/paths'

export default async function HomePage() {
  await requireActor()
  redirect(paths.devices())
}
