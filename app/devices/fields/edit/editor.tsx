'use client'

import { Button, Checkbox, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { TextLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import {
  acceptedFieldForm,
  customFieldTypes,
  customFieldTypeWords,
} from '@/lib/domain/device/custom-field'
import { paths } from '@/lib/paths'
import { defineFieldAction } from '../../field-actions'
import type { TypedField } from '../../field-schema'

type Props = {
  initial: TypedField
  existing: { fieldId: string; seenChangedAt: string } | undefined
  /** Devices have values of it. */
  typeIsFixed: boolean
  reason: string | undefined
}

const sentence = (text: string) => text.replace(/^./, (first) => first.toUpperCase())

/** Writes a custom field, or its change. */
export function FieldEditor({ initial, existing, typeIsFixed, reason }: Props) {
  const router = useRouter()
  const form = useForm<TypedField>({ defaultValues: initial })
  const { errors } = form.formState
  // What the form and its draft were begun with: a refusal reads the page anew, and what it then says was not seen here.
  const [begun] = useState(existing)
  const key = begun ? `${begun.fieldId}/${begun.seenChangedAt}` : 'new'
  const draft = useFormDraft(form, `custom-field/${key}`)
  const save = (typed: TypedField) => defineFieldAction({ draft: typed, existing: begun })
  const { busy, refusal, submit } = useFormAction(form, save, {
    fields: ['name', 'type', 'unit', 'options', 'help'],
    onDone: () => {
      draft.forget()
      router.push(paths.customFields())
    },
  })
  const type = form.watch('type')
  const choose = (value: string | null) => {
    form.setValue('type', customFieldTypes.find((one) => one === value) ?? 'text')
    // What does not belong to the new type is not shown, and would be refused.
    if (value !== 'number') form.setValue('unit', '')
    if (value !== 'choice') form.setValue('options', '')
  }
  return (
    <ReadyForm onSubmit={submit} aria-label="Custom field">
      <Stack gap="md" maw={620}>
        <RestoredNote restored={draft.restored} />
        <TextInput
          label="Name"
          description={sentence(acceptedFieldForm.name)}
          withAsterisk
          {...form.register('name')}
          error={errors.name?.message}
        />
        <Select
          label="Type"
          description={
            typeIsFixed ? 'Devices have values of it, so it stays.' : 'What a value of it is'
          }
          data={customFieldTypes.map((value) => ({ value, label: customFieldTypeWords[value] }))}
          allowDeselect={false}
          value={type}
          onChange={choose}
          disabled={typeIsFixed}
          error={errors.type?.message}
        />
        {type === 'number' && (
          <TextInput
            label="Unit"
            description={sentence(acceptedFieldForm.unit)}
            {...form.register('unit')}
            error={errors.unit?.message}
          />
        )}
        {type === 'choice' && (
          <Textarea
            label="Options"
            description={sentence(acceptedFieldForm.options)}
            autosize
            minRows={3}
            withAsterisk
            {...form.register('options')}
            error={errors.options?.message}
          />
        )}
        <Textarea
          label="Help"
          description="Shown below the field where it is entered"
          autosize
          minRows={2}
          {...form.register('help')}
          error={errors.help?.message}
        />
        <Checkbox
          label="Required"
          description="A device without it says so, and no trial is drafted on it"
          {...form.register('required')}
        />
        <Checkbox
          label="Part of the starting state"
          description="Frozen into each trial at its release"
          {...form.register('inStartingState')}
        />
        {refusal && <Refusal title="Not saved" reason={refusal.reason} />}
        <Group>
          <Button type="submit" loading={busy} disabled={reason !== undefined} title={reason}>
            {existing ? 'Save the field' : 'Define the field'}
          </Button>
          <TextLink href={paths.customFields()} size="sm">
            Cancel
          </TextLink>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
