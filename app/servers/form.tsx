'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  PasswordInput,
  Stack,
  TextInput,
} from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import type { z } from 'zod'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { serverKinds, serverTraits, soundStorages, usualServerKind } from '@/lib/mdm/server-kinds'
import { paths } from '@/lib/paths'
import { saveServerAction } from './actions'
import { DeclarationFields } from './declaration-fields'
import { type ServerText, serverSchema } from './schema'
import { SecretAddress } from './webhook-address'

type Props = {
  initial: ServerText
  baseUrl: string
  /** What is armed, reserved or on its way there: address and API key stay until it has ended. */
  pending?: string | undefined
}

const fields = [
  ...(['name', 'slug', 'url', 'apiKey', 'hmacKey', 'storage'] as const),
  ...(['declarationsUrl', 'declarationsKey', 'leavesDeclarations'] as const),
]
/** Never written into the draft that a browser keeps. */
const notDrafted = ['id', 'apiKey', 'hmacKey', 'declarationsKey', 'leavesDeclarations'] as const

export function ServerForm({ initial, baseUrl, pending }: Props) {
  const router = useRouter()
  const [address, setAddress] = useState<string>()
  const form = useForm<ServerText, unknown, z.output<typeof serverSchema>>({
    resolver: zodResolver(serverSchema),
    defaultValues: initial,
  })
  const { register, getValues, watch } = form
  const draft = useFormDraft(form, `server/${initial.id ?? 'new'}`, [...notDrafted])
  const { errors } = form.formState
  const isNew = initial.id === undefined
  const kind = watch('kind') ?? usualServerKind
  const { name, flags, apiPath, storages, webhookProof, declarations } = serverTraits[kind]
  const keep = isNew ? '' : ' Set; leave blank to keep it.'
  const stays = pending === undefined ? '' : ` Cannot change now: ${pending}.`

  // It stays once it was asked for, also when a tick has cleared the error.
  const asksToLeave = errors.leavesDeclarations || watch('leavesDeclarations') !== undefined

  /** What was entered for another kind would stay entered, and not be shown. */
  const forgetOtherKind = () => {
    form.setValue('storage', 'unknown')
    form.setValue('declarationsUrl', '')
    form.setValue('declarationsKey', '')
  }

  const save = async () => {
    const result = await saveServerAction(getValues())
    if ('stored' in result) form.setValue('seen', result.stored)
    return result
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    fields,
    onDone: ({ webhookToken }) => {
      draft.forget()
      if (webhookToken === undefined) return router.push(paths.servers())
      setAddress(`${baseUrl}${paths.webhook(getValues().slug.trim(), webhookToken)}`)
    },
  })

  if (address) return <SecretAddress kind={kind} address={address} />
  return (
    <ReadyForm onSubmit={submit}>
      <Stack gap="sm" maw={560}>
        <RestoredNote restored={draft.restored} />
        {refusal && <Refusal title="Not saved" reason={refusal.reason} />}
        {isNew && (
          <NativeSelect
            label="Kind"
            description="A server keeps its kind"
            data={serverKinds.map((value) => ({ value, label: serverTraits[value].label }))}
            {...register('kind', { onChange: forgetOtherKind })}
          />
        )}
        <TextInput label="Name" error={errors.name?.message} {...register('name')} />
        <TextInput
          label="Short name"
          description="Part of the webhook's address; after a change, set the new address at the server too"
          error={errors.slug?.message}
          {...register('slug')}
        />
        <TextInput
          label="API address"
          description={`Where the server answers, without ${apiPath}.${stays}`}
          placeholder="http://127.0.0.1:9000"
          inputMode="url"
          error={errors.url?.message}
          {...register('url')}
        />
        <PasswordInput
          label="API key"
          description={`What the server was started with as ${flags.apiKey}.${keep}${stays}`}
          autoComplete="off"
          error={errors.apiKey?.message}
          {...register('apiKey')}
        />
        {webhookProof === 'signature' && (
          <PasswordInput
            label="Webhook key"
            description={`What ${name} was started with as ${flags.webhookKey}.${keep}`}
            autoComplete="off"
            error={errors.hmacKey?.message}
            {...register('hmacKey')}
          />
        )}
        {flags.storage && (
          <NativeSelect
            // Another kind has other storages, and the browser would choose its first.
            key={kind}
            label="Storage"
            description={`What ${name} was started with as ${flags.storage}; ${soundStorages(kind)} for real trials`}
            data={Object.entries(storages).map(([value, label]) => ({ value, label }))}
            error={errors.storage?.message}
            {...register('storage')}
          />
        )}
        {declarations === 'beside' && (
          <DeclarationFields
            register={register}
            errors={errors}
            isSet={initial.declarationsUrl !== ''}
            stays={stays}
          />
        )}
        {asksToLeave && (
          <Checkbox
            label="Leave what is there"
            description="The old address is gone for good: nothing of its declarations can be taken back there, and their trials say so"
            error={errors.leavesDeclarations?.message}
            {...register('leavesDeclarations')}
          />
        )}
        <Group>
          <Button type="submit" loading={busy}>
            {isNew ? 'Add the server' : 'Save the server'}
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
