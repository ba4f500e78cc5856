import { Alert, Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { passkeyHost } from '@/lib/auth/origins'
import { getMailChoice } from '@/lib/db/queries/outbox/mail-choices'
import { listSecondFactors } from '@/lib/db/queries/people/second-factors'
import { listSessions } from '@/lib/db/queries/people/sessions'
import { getAccessSettings } from '@/lib/db/queries/settings'
import { describeBrowser } from '@/lib/domain/account/access-settings'
import { env } from '@/lib/env'
import { mailSettings } from '@/lib/mail/smtp'
import { paths } from '@/lib/paths'
import { signOutAction } from '../sign-out-action'
import { AuthenticatorApp } from './authenticator-app'
import { MailTopics } from './mail-topics'
import { NameForm, PasswordForm } from './name-and-password'
import { Passkeys } from './passkeys'
import { Sessions } from './sessions'

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage() {
  const { actor, db, signedIn } = await authorize('ownAccount')
  const [limits, sessions, factors, mailChoice] = await Promise.all([
    getAccessSettings(db),
    listSessions(db, actor.id),
    listSecondFactors(db, actor.id),
    getMailChoice(db, actor.id),
  ])
  const lines = sessions.map(({ userAgent, ...line }) => ({
    ...line,
    browser: describeBrowser(userAgent),
    own: line.id === signedIn.sessionId,
  }))
  const { hasPassword, email } = signedIn
  return (
    <>
      <PageHeader
        title="Account"
        description="Your details, the ways you sign in, and your sessions."
      />
      <Stack gap="lg" maw={900}>
        {signedIn.mustSetSecondFactor && <SecondFactorFirst />}
        <Part title="Name and address">
          <NameForm name={actor.name} />
          <Text size="sm">
            You sign in with <UserText>{email}</UserText> as {actor.role}. An admin changes the
            role.
          </Text>
        </Part>
        <Part title="Second factor">
          <Text size="sm" c="dimmed">
            With a second factor, a stolen password is not enough to sign in. Set up two, in case
            you lose one.
          </Text>
          <AuthenticatorApp set={factors.authenticatorApp} hasPassword={hasPassword} />
          <Passkeys
            keys={factors.passkeys}
            hasPassword={hasPassword}
            place={passkeyHost(env().ONEWAY_BASE_URL)}
          />
        </Part>
        <Part title="Password">
          {hasPassword ? (
            <PasswordForm owner={{ name: actor.name, email }} />
          ) : (
            <Text size="sm">
              You have no password here: you sign in through your organisation's identity provider.
              An admin can create a link for setting one.
            </Text>
          )}
        </Part>
        <Part title="Notices by mail">
          {mailSettings() ? (
            <MailTopics choice={{ ...mailChoice, topics: [...mailChoice.topics] }} />
          ) : (
            <Text size="sm">
              No mail server is set here, so nothing is mailed.{' '}
              <TextLink href={paths.notices()} size="sm">
                Notices
              </TextLink>{' '}
              go to other programs.
            </Text>
          )}
        </Part>
        <Part title="Sessions">
          <Sessions sessions={lines} limits={limits} />
        </Part>
      </Stack>
    </>
  )
}

const SecondFactorFirst = () => (
  <Alert
    variant="outline"
    color="orange"
    icon={<IconShieldLock aria-hidden />}
    title="Set a second factor first"
  >
    <Stack gap="sm" align="flex-start">
      This lab requires a second factor for your role. Set up an authenticator app or a passkey
      below to continue.
      <form action={signOutAction}>
        <Button type="submit" variant="default" size="compact-sm">
          Sign out
        </Button>
      </form>
    </Stack>
  </Alert>
)

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" aria-label={title}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  )
}
