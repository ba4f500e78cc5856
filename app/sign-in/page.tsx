import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { FrontDoor } from '@/components/front-door'
import { currentActor } from '@/lib/auth/actor'
import { enterUnasked } from '@/lib/auth/door'
import { countPeople } from '@/lib/db/users'
import { env } from '@/lib/env'
import { paths, sameSitePath } from '@/lib/paths'
import { SignInForm } from './form'

export const metadata: Metadata = { title: 'Sign in' }

type Props = { searchParams: Promise<{ next?: string | string[] }> }

export default async function SignInPage({ searchParams }: Props) {
  const { next } = await searchParams
  const back = sameSitePath(typeof next === 'string' ? next : undefined)
  if (await currentActor()) redirect(back)
  if ((await countPeople(enterUnasked().db)) === 0) redirect(paths.setUp())
  return (
    <FrontDoor title="Sign in">
      <SignInForm back={back} ownAddress={env().ONEWAY_BASE_URL} />
    </FrontDoor>
  )
}
