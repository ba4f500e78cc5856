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
import { ReadyForm } from '@/components/ready-form'
import { Refusal } from '@/components/refusal'
import { roles } from '@/lib/domain/actor'
import { addPersonAction } from './actions'
import { OneTimePassword } from './one-time-password'
import { type NewPersonInput, personSchema } from './schema'

const empty: NewPersonInput = { name: '', email: '', role: 'engineer' }

export function AddPerson() {
  const [refusal, setRefusal] = useState<string>()
  const [added, setAdded] = useState<{ email: string; password: string }>()
  const form = useForm<NewPersonInput>({
    resolver: zodResolver(personSchema),
    defaultValues: empty,
  })
  const { errors, isSubmitting } = form.formState

  const onSubmit = form.handleSubmit(async (input) => {
    const result = await addPersonAction(input)
    if (result.status === 'refused') return setRefusal(result.because)
    setRefusal(undefined)
    setAdded({ email: input.email, password: result.password })
    form.reset(empty)
  })

  return (
    <Paper withBorder p="md">
      <ReadyForm onSubmit={onSubmit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            Add a person
          </Title>
          {refusal && <Refusal title="Not added" because={refusal} />}
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <TextInput
              label="Name"
              autoComplete="off"
              error={errors.name?.message}
              {...form.register('name')}
            />
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
              Add the person
            </Button>
          </Group>
          {added && <OneTimePassword {...added} />}
        </Stack>
      </ReadyForm>
    </Paper>
  )
}
