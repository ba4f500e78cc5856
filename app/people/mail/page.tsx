import { Code, Stack, Text } from '@mantine/core'
import type { Metadata } from 'next'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { mailSettings } from '@/lib/mail/smtp'
import { paths } from '@/lib/paths'
import { CheckMail } from './check-mail'

export const metadata: Metadata = { title: 'Mail' }

export default async function MailPage() {
  await authorize('managePeople')
  const settings = mailSettings()
  return (
    <>
      <PageHeader
        title="Mail"
        description={
          <>
            Invitations and password links are mailed where a mail server is set, and shown to the
            admin once in any case. <TextLink href={paths.people()}>People</TextLink>
          </>
        }
      />
      <Card title="Mail server">
        <Stack gap="sm" align="flex-start">
          {settings ? (
            <Text size="sm">
              Mail goes through <Code>{settings.url.host}</Code>, sent by{' '}
              <Code>{settings.from}</Code>.
            </Text>
          ) : (
            <Text size="sm">
              None is set: pass each link on yourself. <Code>SMTP_URL</Code> and{' '}
              <Code>SMTP_FROM</Code> set one (docs/sign-on.md).
            </Text>
          )}
          <CheckMail isSet={settings !== undefined} />
        </Stack>
      </Card>
    </>
  )
}
