'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import {
  Button,
  Fieldset,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import type { z } from 'zod'
import { TextLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { EditConflict } from '@/lib/core/devices/save-device'
import { platforms } from '@/lib/domain/device/device'
import { deviceFieldLabels as labels } from '@/lib/domain/device/device-draft'
import { paths } from '@/lib/paths'
import { saveDeviceAction } from './actions'
import { Conflict } from './conflict'
import { type DeviceText, deviceSchema } from './schema'

type Props = {
  initial: DeviceText
  servers: { value: string; label: string }[]
  /** Why nothing can be saved by this person. */
  readOnlyReason: string | undefined
}

// Object.keys answers string[]; the labels are named after fields of DeviceText.
const fields = [...(Object.keys(labels) as (keyof typeof labels)[]), 'mdmServerId'] as const

/** Writes a new device or changes one; what was typed stays until it is saved. */
export function DeviceForm({ initial, servers, readOnlyReason }: Props) {
  const router = useRouter()
  const [conflict, setConflict] = useState<EditConflict['conflict']>()
  const form = useForm<DeviceText, unknown, z.output<typeof deviceSchema>>({
    resolver: zodResolver(deviceSchema),
    defaultValues: initial,
  })
  const { register, getValues, setValue, control } = form
  const { errors } = form.formState
  // What was seen of the device belongs to the draft: saved over a newer edit it is refused with the difference.
  const draft = useFormDraft(form, `device/${initial.existing?.deviceId ?? 'new'}`)

  const save = async () => {
    const result = await saveDeviceAction(getValues())
    setConflict('conflict' in result ? result.conflict : undefined)
    return result
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    fields,
    onDone: ({ deviceId }) => {
      draft.forget()
      router.push(paths.device(deviceId))
    },
  })
  const overrule = (at: Date) => {
    if (initial.existing) setValue('existing', { ...initial.existing, seenUpdatedAt: at })
    return submit()
  }
  const text = (field: Exclude<keyof DeviceText, 'existing' | 'mdmServerId' | 'platform'>) => ({
    label: labels[field],
    error: errors[field]?.message,
    ...register(field),
  })

  return (
    <ReadyForm onSubmit={submit} aria-label="Device">
      <Stack gap="md" maw={820}>
        <RestoredNote restored={draft.restored} />
        {readOnlyReason && (
          <Refusal title="You can view this, but not save it" reason={readOnlyReason} />
        )}
        {conflict ? (
          <Conflict conflict={conflict} onOverrule={overrule} onDiscard={draft.forget} />
        ) : (
          refusal && <Refusal title="Not saved" reason={refusal.reason} />
        )}
        <Fieldset legend="In the lab" disabled={readOnlyReason !== undefined}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              {...text('labTag')}
              description="What is on its sticker; short enough to say aloud"
            />
            <TextInput {...text('name')} description="The name people use for it" withAsterisk />
            <TextInput {...text('location')} description="Shelf, drawer or bench" />
            <TextInput
              {...text('holder')}
              description="As your inventory says; who accepted it is under Custody"
            />
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend="What it is" disabled={readOnlyReason !== undefined}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Controller
              control={control}
              name="platform"
              render={({ field }) => (
                <Select
                  {...field}
                  label={labels.platform}
                  description="iPads run iOS up to 12 and iPadOS from 13.1 on"
                  data={[...platforms]}
                  allowDeselect={false}
                  error={errors.platform?.message}
                  withAsterisk
                />
              )}
            />
            <TextInput
              {...text('modelIdentifier')}
              description="Apple's product name"
              placeholder="iPhone10,3"
            />
            <TextInput
              {...text('modelName')}
              description="The name people use"
              placeholder="iPhone X"
            />
            <TextInput
              {...text('serial')}
              description="Its last four characters arm a trial"
              autoCapitalize="characters"
              spellCheck={false}
            />
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend="In MDM" disabled={readOnlyReason !== undefined}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Controller
              control={control}
              name="mdmServerId"
              render={({ field }) => (
                <Select
                  {...field}
                  value={field.value || null}
                  onChange={(value) => field.onChange(value ?? '')}
                  label="MDM server"
                  description="A device of a virtual server stays simulated"
                  data={servers}
                  placeholder="none"
                  clearable
                  error={errors.mdmServerId?.message}
                />
              )}
            />
            <TextInput
              {...text('enrollmentId')}
              description="Exactly as on the MDM server; case matters"
              autoCapitalize="off"
              spellCheck={false}
            />
          </SimpleGrid>
        </Fieldset>
        <Textarea {...text('notes')} autosize minRows={3} disabled={readOnlyReason !== undefined} />
        <Group>
          <Button
            type="submit"
            loading={busy}
            disabled={readOnlyReason !== undefined}
            title={readOnlyReason}
          >
            {initial.existing ? 'Save the device' : 'Add the device'}
          </Button>
          <TextLink
            href={initial.existing ? paths.device(initial.existing.deviceId) : paths.devices()}
            size="sm"
          >
            Cancel
          </TextLink>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
