'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconHandStop } from '@tabler/icons-react'
import { type Control, Controller, useForm, useWatch } from 'react-hook-form'
import type { z } from 'zod'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { DrawerForm, SaveOrForget } from '@/components/forms/drawer-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { Platform } from '@/lib/domain/device/device'
import { isNotApplicable, readingFields } from '@/lib/domain/reading/reading'
import {
  acceptedForm,
  readTyped,
  type TypeableField,
  typeableFields,
} from '@/lib/domain/reading/typed-reading'
import { typeReadingsAction } from '../actions'
import { type ReadingsText, readingsSchema } from '../schema'
import { choicesOf } from './choices'

type Props = { deviceId: string; platform: Platform; reason: string | undefined }

/** What a person reads off the screen or knows of the bench, stored with the person's name. */
export function TypeReadings({ deviceId, platform, reason }: Props) {
  return (
    <DrawerForm label="Enter readings" icon={IconHandStop} reason={reason} size="lg">
      {(close) => <ReadingsForm deviceId={deviceId} platform={platform} onDone={close} />}
    </DrawerForm>
  )
}

type FormProps = { deviceId: string; platform: Platform; onDone: () => void }

function ReadingsForm({ deviceId, platform, onDone }: FormProps) {
  const form = useForm<ReadingsText, unknown, z.output<typeof readingsSchema>>({
    resolver: zodResolver(readingsSchema),
    defaultValues: { deviceId, minutesAgo: 0, texts: {} },
  })
  const { control, formState, getValues, setError } = form
  // How long ago it was seen is true only of the moment it was typed.
  const draft = useFormDraft(form, `device/${deviceId}/readings`, ['deviceId', 'minutesAgo'])
  const save = async () => {
    const result = await typeReadingsAction(getValues())
    if (!('problems' in result)) return result
    for (const { field, reason, accepted } of result.problems) {
      const message = `${reason} Accepted: ${accepted}.`
      setError(field === 'seenAt' ? 'minutesAgo' : `texts.${field}`, { message })
    }
    return { status: 'marked' as const }
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    onDone: (result) => {
      if (result.status === 'marked') return
      draft.forget()
      const readings = result.count === 1 ? 'One reading' : `${result.count} readings`
      notifications.show({
        title: `${readings} saved`,
        message: result.notes.join('. ') || 'Each carries your name and its time.',
      })
      onDone()
    },
  })
  const fields = typeableFields.filter((field) => !isNotApplicable(field, platform))
  return (
    <form onSubmit={submit} noValidate aria-label="Readings">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Fill in only what you checked. An empty field records nothing; “not known” records that
          you checked and could not tell.
        </Text>
        <RestoredNote restored={draft.restored} />
        {refusal && <Refusal title="Nothing was saved" reason={refusal.reason} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="xs">
          {fields.map((field) => (
            <ReadingInput
              key={field}
              field={field}
              control={control}
              error={formState.errors.texts?.[field]?.message}
            />
          ))}
          <Controller
            control={control}
            name="minutesAgo"
            render={({ field }) => (
              <NumberInput
                {...field}
                label="Seen how many minutes ago"
                description="0 is just now"
                min={0}
                allowDecimal={false}
                error={formState.errors.minutesAgo?.message}
              />
            )}
          />
        </SimpleGrid>
        <SaveOrForget save="Save the readings" busy={busy} draft={draft} onDone={onDone} />
      </Stack>
    </form>
  )
}

type InputProps = {
  field: TypeableField
  control: Control<ReadingsText, unknown, z.output<typeof readingsSchema>>
  error: string | undefined
}

function ReadingInput({ field, control, error }: InputProps) {
  const { label } = readingFields[field]
  const choices = choicesOf(field)
  const text = useWatch({ control, name: `texts.${field}` })
  return (
    <Controller
      control={control}
      name={`texts.${field}`}
      render={({ field: input }) =>
        choices ? (
          <Select
            {...input}
            value={input.value || null}
            onChange={(value) => input.onChange(value ?? '')}
            label={label}
            data={choices}
            placeholder="not looked at"
            clearable
            error={error}
          />
        ) : (
          <TextInput
            {...input}
            value={input.value ?? ''}
            label={label}
            description={understood(field, text) ?? acceptedForm(field)}
            error={error}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        )
      }
    />
  )
}

/** What the typed text will be stored as, where that is not what was written. */
function understood(field: TypeableField, text: string | undefined): string | undefined {
  const read = text?.trim() ? readTyped(field, text) : undefined
  return read?.status === 'value' ? read.note : undefined
}
