import { redirect } from 'next/navigation'
import { enter } from '@/lib/auth/door'
import { paths } from '@/lib/paths'

export default async function HomePage() {
  await enter('look')
  redirect(paths.devices())
}
