import { redirect } from 'next/navigation'
import { authorize } from '@/lib/auth/guard'
import { paths } from '@/lib/paths'

export default async function HomePage() {
  await authorize('look')
  redirect(paths.devices())
}
