import { Text } from '@mantine/core'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignedOutPage } from '@/components/shell/signed-out-page'
import { publicPage } from '@/lib/auth/guard'
import { countPeople } from '@/lib/db/queries/people/users'
import { paths } from '@/lib/paths'
import { SetUpForm } from './form'

export const metadata: Metadata = { title: 'Set up' }

export default async function SetUpPage() {
  if ((await countPeople(publicPage().db)) > 0) redirect(paths.signIn())
  return (
    <SignedOutPage title="Set up this lab">
      <Text size="sm">
        Nobody can sign in yet. You become the admin: you connect MDM servers and add people, and
        they run the trials.
      </Text>
      <SetUpForm />
    </SignedOutPage>
  )
}
