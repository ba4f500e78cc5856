'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import type { z } from 'zod'
import { ButtonLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { TopicChoice } from '@/components/forms/topic-choice'
import { useFormAction } from '@/components/forms/use-form-action'
import { paths } from '@/lib/paths'
import { saveTargetAction } from './actions'
import { type TargetInput, targetSchema } from './schema'
import { ShownSecret } from './secret'

const fields = ['name', 'url', 'topics'] as const

export function TargetForm({ initial }: { initial: TargetInput }) {
  const router = useRouter()
  const [secret, setSecret] = useState<string>()
  const form = useForm<TargetInput, unknown, z.output<typeof targetSchema>>({
    resolver: zodResolver(targetSchema),
    defaultValues: initial,
  })
  const { register, control } = form
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, saveTargetAction, {
    fields,
    onDone: (saved) => {
      if (saved.secret === undefined) router.push(paths.notices())
      else setSecret(saved.secret)
    },
  })
  if (secret)
    return (
      <Stack gap="sm" maw={640} align="flex-start">
        <ShownSecret secret={secret} />
        <ButtonLink href={paths.notices()} variant="default">
          To the receivers
        </ButtonLink>
      </Stack>
    )
  return (
    <ReadyForm onSubmit={submit}>
      <Stack gap="sm" maw={640}>
        {refusal && <Refusal title="Not saved" reason={refusal.reason} />}
        <TextInput label="Name" error={errors.name?.message} {...register('name')} />
        <TextInput
          label="Address"
          description="https, or http to this machine only; no query and no password in it. Redirects are not followed."
          placeholder="https://hooks.example.org/oneway"
          inputMode="url"
          error={errors.url?.message}
          {...register('url')}
        />
        <Controller
          control={control}
          name="topics"
          render={({ field: { value, onChange } }) => (
            <TopicChoice value={value} onChange={onChange} error={errors.topics?.message} />
          )}
        />
        <Checkbox
          label="Also events of the simulated environment"
          description="They are marked so in each notice."
          {...register('withSimulated')}
        />
        <Checkbox label="On" description="Off, it gets only tests." {...register('isOn')} />
        <Group>
          <Button type="submit" loading={busy}>
            {initial.id === undefined ? 'Add the receiver' : 'Save the receiver'}
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
