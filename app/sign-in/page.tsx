import { Alert, Anchor, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { ForgetKept } from '@/components/forms/forget-kept'
import { SignedOutPage } from '@/components/shell/signed-out-page'
import { currentSignedIn } from '@/lib/auth/actor'
import { publicPage } from '@/lib/auth/guard'
import { oidcSettings } from '@/lib/auth/oidc/settings'
import { passkeyHost } from '@/lib/auth/origins'
import { countPeople } from '@/lib/db/queries/people/users'
import { env } from '@/lib/env'
import { paths, sameSitePath } from '@/lib/paths'
import { SignInForm } from './form'
import { SingleSignOn } from './single-sign-on'

export const metadata: Metadata = { title: 'Sign in' }

type Words = string | string[]
type Props = {
  searchParams: Promise<{ next?: Words; problem?: Words; done?: Words; ended?: Words }>
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, problem, done, ended } = await searchParams
  const back = sameSitePath(typeof next === 'string' ? next : undefined)
  const signedIn = await currentSignedIn()
  if (signedIn) redirect(signedIn.mustSetSecondFactor ? paths.account() : back)
  if (done !== '1' && (await cameFromElsewhere())) {
    // Why single sign-on was refused comes from another site, and must be shown after the moment.
    const why = typeof problem === 'string' ? problem : undefined
    return <OneMoment onward={paths.signIn(back, why)} />
  }
  if (done === '1') return <OneMoment onward={back} fromProvider />
  if ((await countPeople(publicPage().db)) === 0) redirect(paths.setUp())
  const ownAddress = env().ONEWAY_BASE_URL
  return (
    <SignedOutPage title="Sign in">
      <ForgetKept />
      {ended === '1' && (
        <Alert variant="outline" role="status" title="Your session has ended; sign in to go on">
          What you typed is kept in this tab and comes back after you sign in.
        </Alert>
      )}
      <SignInForm
        back={back}
        ownAddress={ownAddress}
        passkeyAddress={passkeyHost(ownAddress).origin}
      />
      <SingleSignOn {...{ label: oidcSettings()?.label, problem, back, ownAddress }} />
    </SignedOutPage>
  )
}

const cameFromElsewhere = async () => (await headers()).get('sec-fetch-site') === 'cross-site'

type OneMomentProps = { onward: string; fromProvider?: boolean }

/**
 * For who comes from another site, by a link or back from the provider of single sign-on: the browser
 * keeps the strict session cookie back on that request. A step from this page is one of our own and
 * brings it along; only then is it asked who comes.
 */
function OneMoment({ onward, fromProvider = false }: OneMomentProps) {
  return (
    <SignedOutPage title="One moment">
      <meta httpEquiv="refresh" content={`0; url=${onward}`} />
      <Text size="sm">
        {fromProvider && 'Back from the provider. '}
        <Anchor href={onward}>Go on</Anchor> if nothing happens.
      </Text>
    </SignedOutPage>
  )
}
