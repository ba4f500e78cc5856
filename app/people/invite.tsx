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
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { roles } from '@/lib/domain/account/permissions'
import { inviteAction, type ShownLink } from './actions'
import { type InvitationInput, invitationSchema } from './schema'
import { OneTimeLinkShown } from './shown-link'

const empty: InvitationInput = { email: '', role: 'engineer' }

/** Makes a one-time link with which a new person sets their own name and password. */
export function Invite() {
  const [refusal, setRefusal] = useState<string>()
  const [made, setMade] = useState<ShownLink>()
  const form = useForm<InvitationInput>({
    resolver: zodResolver(invitationSchema),
    defaultValues: empty,
  })
  const { errors, isSubmitting } = form.formState

  const onSubmit = form.handleSubmit(async (input) => {
    const result = await inviteAction(input)
    if (result.status === 'refused') return setRefusal(result.reason)
    setRefusal(undefined)
    setMade(result)
    form.reset(empty)
  })

  return (
    <Paper withBorder p="md">
      <ReadyForm onSubmit={onSubmit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            Invite a person
          </Title>
          {refusal && <Refusal title="Not invited" reason={refusal} />}
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
            <Button type="submit" loading={isSubmitting}>
              Make an invitation
            </Button>
          </Group>
          {made && <OneTimeLinkShown {...made} />}
        </Stack>
      </ReadyForm>
    </Paper>
  )
}
