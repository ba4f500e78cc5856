'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, Group, Paper, SimpleGrid, Stack, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { type AccessSettings, accessSettingInfo } from '@/lib/domain/account/access-settings'
import { roles } from '@/lib/domain/account/permissions'
import { changeAccessAction } from './actions'
import { type AccessText, accessSchema } from './schema'

/** How long sessions last and who needs a second factor. */
export function AccessForm({ initial }: { initial: AccessSettings }) {
  const form = useForm<AccessText, unknown, z.output<typeof accessSchema>>({
    resolver: zodResolver(accessSchema),
    defaultValues: { ...initial, secondFactorRoles: [...initial.secondFactorRoles] },
  })
  const { errors, isDirty } = form.formState
  const { busy, refusal, submit } = useFormAction(form, changeAccessAction, {
    onDone: () => notifications.show({ message: 'Access settings saved.' }),
  })
  const hours = (name: 'idleHours' | 'sessionHours') => (
    <TextInput
      label={`${accessSettingInfo[name].label} (hours)`}
      description={accessSettingInfo[name].source}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      inputMode="decimal"
      error={errors[name]?.message}
      {...form.register(name)}
    />
  )

  return (
    <Paper withBorder p="md">
      <ReadyForm onSubmit={submit} aria-label="Access">
        <Stack gap="sm">
          <Title order={2} size="h4">
            Access
          </Title>
          {refusal && <Refusal title="Not saved" reason={refusal.reason} />}
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            {hours('idleHours')}
            {hours('sessionHours')}
          </SimpleGrid>
          <Checkbox.Group
            label={accessSettingInfo.secondFactorRoles.label}
            description={accessSettingInfo.secondFactorRoles.source}
          >
            <Group mt="xs">
              {roles.map((role) => (
                <Checkbox
                  key={role}
                  label={role}
                  value={role}
                  {...form.register('secondFactorRoles')}
                />
              ))}
            </Group>
          </Checkbox.Group>
          <Group>
            <Button type="submit" loading={busy} disabled={!isDirty}>
              Save access settings
            </Button>
          </Group>
        </Stack>
      </ReadyForm>
    </Paper>
  )
}
