'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import {
  Button,
  Group,
  NativeSelect,
  Paper,
  SimpleGrid,
  Stack,
  TextInput,
  Title,
} from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { ShownOnce } from '@/components/data/copy-text'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReadyForm } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { useFormAction } from '@/components/forms/use-form-action'
import type { OpenLink } from '@/lib/db/queries/people/person-links'
import { roles } from '@/lib/domain/account/permissions'
import { inviteAction, type ShownLink, withdrawLinkAction } from './actions'
import { type InvitationInput, invitationSchema } from './schema'

const empty: InvitationInput = { email: '', role: 'engineer' }

/** Makes a one-time link with which a new person sets their own name and password. */
export function Invite() {
  const [made, setMade] = useState<ShownLink>()
  const form = useForm<InvitationInput>({
    resolver: zodResolver(invitationSchema),
    defaultValues: empty,
  })
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, inviteAction, {
    onDone: (link) => {
      setMade(link)
      form.reset(empty)
    },
  })

  return (
    <Paper withBorder p="md">
      <ReadyForm onSubmit={submit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            Invite a person
          </Title>
          {refusal && <Refusal title="Not invited" reason={refusal.reason} />}
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput
              label="Email"
              type="email"
              autoComplete="off"
              error={errors.email?.message}
              {...form.register('email')}
            />
            <NativeSelect
              label="Role"
              data={roles}
              error={errors.role?.message}
              {...form.register('role')}
            />
          </SimpleGrid>
          <Group>
            <Button type="submit" loading={busy}>
              Make an invitation
            </Button>
          </Group>
          {made && <OneTimeLinkShown {...made} />}
        </Stack>
      </ReadyForm>
    </Paper>
  )
}

/** A one-time link: for whom, what it does, and until when. */
export function OneTimeLinkShown({ kind, email, url, expiresAt, delivery }: ShownLink) {
  const purpose = kind === 'invitation' ? 'join this lab' : 'set a new password'
  return (
    <ShownOnce secret={url} copyLabel="Copy the link">
      {delivery.status === 'failed' && `The mail was not sent: ${delivery.reason}. `}
      {delivery.status === 'sent' ? 'Mailed to ' : 'Give this link to '}
      <UserText>{email}</UserText> to {purpose}. It works once, and ends <When at={expiresAt} />.
    </ShownOnce>
  )
}

/** Links that were given out and not used yet. What opens them is not kept, so it cannot be shown again. */
export function OpenLinks({ links }: { links: OpenLink[] }) {
  const { busy, refusal, run } = useAction()
  if (links.length === 0) return null
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Open links
      </Title>
      {refusal && <Refusal title="Not withdrawn" reason={refusal.reason} />}
      <table className={classes.table} aria-label="Open links">
        <TableHead labels={['For', 'Email', 'Made by', 'Ends', 'Link']} />
        <tbody>
          {links.map((link) => (
            <tr key={link.id}>
              <td data-label="For">
                {link.kind === 'invitation' ? `Invitation as ${link.role}` : 'New password'}
              </td>
              <td data-label="Email">
                <UserText>{link.email}</UserText>
              </td>
              <td data-label="Made by">
                <UserText>{link.madeByName}</UserText>
              </td>
              <td data-label="Ends">
                <When at={link.expiresAt} />
              </td>
              <td data-label="Link">
                <div>
                  <Button
                    size="compact-xs"
                    variant="default"
                    disabled={busy}
                    onClick={() => run(() => withdrawLinkAction(link.id))}
                  >
                    Withdraw
                  </Button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  )
}
