'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { ReadyForm } from '@/components/ready-form'
import { Refusal } from '@/components/refusal'
import { paths } from '@/lib/paths'
import { saveServerAction } from './actions'
import { type ServerText, serverSchema } from './schema'

type Props = { initial: ServerText }

export function ServerForm({ initial }: Props) {
  const router = useRouter()
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, getValues } = useForm<
    ServerText,
    unknown,
    z.output<typeof serverSchema>
  >({ resolver: zodResolver(serverSchema), defaultValues: initial })
  const { errors, isSubmitting } = formState
  const isNew = initial.id === undefined
  const keep = isNew ? '' : ' Set; leave blank to keep it.'

  const onSubmit = handleSubmit(async () => {
    const result = await saveServerAction(getValues())
    if (result.status === 'saved') router.push(paths.servers())
    else setRefusal(result.because)
  })

  return (
    <ReadyForm onSubmit={onSubmit}>
      <Stack gap="sm" maw={560}>
        {refusal && <Refusal title="Not saved" because={refusal} />}
        <TextInput label="Name" error={errors.name?.message} {...register('name')} />
        <TextInput
          label="Short name"
          description="Part of the webhook's address; after a change NanoMDM must be told the new one"
          error={errors.slug?.message}
          {...register('slug')}
        />
        <TextInput
          label="API address"
          description="Where NanoMDM answers, without /v1"
          placeholder="http://127.0.0.1:9000"
          inputMode="url"
          error={errors.url?.message}
          {...register('url')}
        />
        <PasswordInput
          label="API key"
          description={`What NanoMDM was started with as -api.${keep}`}
          autoComplete="off"
          error={errors.apiKey?.message}
          {...register('apiKey')}
        />
        <PasswordInput
          label="Webhook key"
          description={`What NanoMDM was started with as -webhook-hmac-key.${keep}`}
          autoComplete="off"
          error={errors.hmacKey?.message}
          {...register('hmacKey')}
        />
        <Group>
          <Button type="submit" loading={isSubmitting}>
            {isNew ? 'Add the server' : 'Save the server'}
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
