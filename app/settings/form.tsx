'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import {
  Button,
  Fieldset,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  type TextInputProps,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FieldPath, useForm } from 'react-hook-form'
import type { z } from 'zod'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { readingFieldNames, readingFields } from '@/lib/domain/reading/reading'
import { labSettingInfo } from '@/lib/domain/settings'
import { changeSettingsAction } from './actions'
import {
  type SettingsEdit,
  type SettingsText,
  settingsEditSchema,
  singles,
  twoPersonChoices,
  units,
} from './schema'

type Props = { initial: SettingsText }

/** How every setting but the ages is named, with its source below the field. */
const described = (
  name: keyof typeof labSettingInfo,
): Pick<TextInputProps, 'label' | 'description' | 'inputWrapperOrder'> => ({
  label: labSettingInfo[name].label,
  description: labSettingInfo[name].source,
  inputWrapperOrder: ['label', 'input', 'description', 'error'],
})

export function SettingsForm({ initial }: Props) {
  // What was typed over belongs to the form and its draft: others may save other settings meanwhile.
  const form = useForm<SettingsEdit, unknown, z.output<typeof settingsEditSchema>>({
    resolver: zodResolver(settingsEditSchema),
    defaultValues: { ...initial, seen: initial },
  })
  const { isDirty } = form.formState
  const draft = useFormDraft(form, 'settings')

  // The text is sent and parsed again there, as any client can call the action.
  const save = async () => {
    const result = await changeSettingsAction(form.getValues())
    if ('stored' in result) form.setValue('seen', result.stored)
    return result
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    onDone: ({ changed }) => {
      draft.forget()
      // Where nothing new was stored the page stays as it is, with what was typed.
      if (changed.length === 0) form.reset({ ...initial, seen: initial })
      notifications.show({ message: 'Settings saved.' })
    },
  })
  const field = (name: FieldPath<SettingsEdit>) => ({
    ...form.register(name),
    error: form.getFieldState(name, form.formState).error?.message,
  })
  const number = (name: FieldPath<SettingsEdit>) => ({
    ...field(name),
    inputMode: 'decimal' as const,
  })

  return (
    <ReadyForm onSubmit={submit} printed>
      <Stack gap="md">
        <RestoredNote restored={draft.restored} />
        {refusal && <Refusal title="Not saved" reason={refusal.reason} />}
        <Fieldset legend="Conditions and times">
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            {singles.map((name) => (
              <TextInput
                key={name}
                {...described(name)}
                label={`${labSettingInfo[name].label} (${units[name]})`}
                {...number(name)}
              />
            ))}
          </SimpleGrid>
        </Fieldset>
        <Fieldset legend="Release">
          <NativeSelect
            {...described('twoPersonRelease')}
            data={twoPersonChoices}
            {...form.register('twoPersonRelease')}
          />
        </Fieldset>
        <Fieldset legend="Labels">
          <TextInput {...described('labName')} {...field('labName')} />
        </Fieldset>
        <Fieldset legend="Bookings">
          <TextInput {...described('timeZone')} {...field('timeZone')} />
        </Fieldset>
        <Fieldset legend="Maximum age of a reading, in minutes">
          <Text size="sm" c="dimmed" mb="sm">
            An older reading counts as unknown, and unknown never qualifies.
          </Text>
          <SimpleGrid cols={{ base: 2, sm: 3, lg: 4 }} spacing="sm">
            {readingFieldNames.map((name) => (
              <TextInput
                key={name}
                size="xs"
                label={readingFields[name].label}
                {...number(`maxAges.${name}`)}
              />
            ))}
          </SimpleGrid>
        </Fieldset>
        <Group>
          <Button type="submit" loading={busy} disabled={!isDirty}>
            Save settings
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
