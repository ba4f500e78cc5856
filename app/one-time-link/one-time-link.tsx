'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { Link } from '@/components/data/link'
import { Refusal } from '@/components/data/refusal'
import { Waiting } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { NewPassword } from '@/components/forms/new-password'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { SeenLink } from '@/lib/core/accounts/one-time-links'
import { paths } from '@/lib/paths'
import { lookAtLinkAction, useLinkAction } from './actions'
import { type UseLinkInput, useLinkSchema } from './schema'

type Looked = { token: string; link: SeenLink } | { reason: string }

const noToken = 'This address contains no link. Open the complete link an admin gave you.'

/** What the link behind the `#` of this page's address is for. */
export function OneTimeLink() {
  const [looked, setLooked] = useState<Looked>()

  useEffect(() => {
    const look = async () => {
      const token = decodeURIComponent(window.location.hash.slice(1))
      if (token.length < 20) return setLooked({ reason: noToken })
      const answer = await lookAtLinkAction(token)
      if (answer.status === 'refused') return setLooked({ reason: answer.reason })
      setLooked({ token, link: answer })
    }
    void look()
  }, [])

  if (!looked) return <Waiting label="Checking the link" />
  if ('link' in looked) return <LinkForm token={looked.token} link={looked.link} />
  return (
    <>
      <Refusal title="This link is not valid" reason={looked.reason} />
      <Text size="sm">
        <Anchor component={Link} href={paths.signIn()}>
          Sign in
        </Anchor>
      </Text>
    </>
  )
}

type Props = { token: string; link: SeenLink }

/** Sets the password of an invited person, or of one who has forgotten theirs. */
function LinkForm({ token, link }: Props) {
  const { kind, email, role } = link
  const invited = kind === 'invitation'
  const form = useForm<UseLinkInput>({
    resolver: zodResolver(useLinkSchema),
    defaultValues: { name: link.name, email, password: '' },
  })
  const { errors } = form.formState
  const [name, password] = form.watch(['name', 'password'])

  const use = (person: UseLinkInput) => useLinkAction({ token, person })
  const { busy, refusal, submit } = useFormAction(form, use, {
    fields: ['password'],
    onDone: () => window.location.assign(paths.signIn()),
  })

  return (
    <ReadyForm onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">
          {invited ? (
            <>
              You are invited as <strong>{role}</strong> with the address{' '}
              <UserText>{email}</UserText>.
            </>
          ) : (
            <>
              <UserText>{link.name}</UserText>, set a new password for <UserText>{email}</UserText>.
              All your sessions end.
            </>
          )}
        </Text>
        {refusal && <Refusal title="Not set" reason={refusal.reason} />}
        <input type="hidden" autoComplete="username" value={email} readOnly />
        {invited && (
          <TextInput
            label="Your name"
            autoComplete="name"
            error={errors.name?.message}
            {...form.register('name')}
          />
        )}
        <NewPassword
          label="Password"
          owner={{ name, email }}
          value={password}
          error={errors.password?.message}
          {...form.register('password')}
        />
        <Button type="submit" loading={busy} fullWidth>
          {invited ? 'Join the lab' : 'Set the password'}
        </Button>
      </Stack>
    </ReadyForm>
  )
}
