'use client'

import { Select, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconForms } from '@tabler/icons-react'
import { Controller, useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { DrawerForm, SaveOrForget } from '@/components/forms/drawer-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { acceptedValue, type CustomField } from '@/lib/domain/device/custom-field'
import { enterFieldValuesAction } from '../field-actions'
import { type SeenValue, type TypedValues, typedValues } from '../field-schema'

/** A field with its current value, and the row of it that the page shows. */
type FieldToEnter = CustomField & SeenValue

type Props = { deviceId: string; fields: readonly FieldToEnter[]; reason: string | undefined }

/** The values of the lab's own fields, entered together. */
export function EnterFields({ deviceId, fields, reason }: Props) {
  return (
    <DrawerForm label="Enter custom fields" icon={IconForms} reason={reason} size="md">
      {(close) => <FieldsForm deviceId={deviceId} fields={fields} onDone={close} />}
    </DrawerForm>
  )
}

type FormProps = Omit<Props, 'reason'> & { onDone: () => void }

function FieldsForm({ deviceId, fields, onDone }: FormProps) {
  // What was typed over belongs to the form and its draft: the page behind them goes on showing what others enter.
  const form = useForm<TypedValues>({
    defaultValues: {
      texts: Object.fromEntries(fields.map(({ id, text }) => [id, text])),
      seen: Object.fromEntries(fields.map(({ id, text, seenId }) => [id, { text, seenId }])),
    },
  })
  const { control, formState, setError, setValue } = form
  const draft = useFormDraft(form, `device/${deviceId}/fields`)
  const save = async (typed: TypedValues) => {
    const values = typedValues(fields, typed)
    const result = await enterFieldValuesAction({ deviceId, values })
    if (result.status !== 'unread') return result
    for (const { fieldId, reason, accepted, theirs } of result.problems) {
      setError(`texts.${fieldId}`, {
        message: accepted ? `${reason} Accepted: ${accepted}.` : reason,
      })
      if (theirs) setValue(`seen.${fieldId}`, theirs)
    }
    return { status: 'marked' as const }
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    onDone: (result) => {
      if (result.status === 'marked') return
      draft.forget()
      const values = result.changed === 1 ? 'One value' : `${result.changed} values`
      notifications.show({
        title: `${values} saved`,
        message: 'Each carries your name and the time.',
      })
      onDone()
    },
  })
  return (
    <form onSubmit={submit} noValidate aria-label="Values of the custom fields">
      <Stack gap="sm">
        <RestoredNote restored={draft.restored} />
        {refusal && <Refusal title="Nothing was saved" reason={refusal.reason} />}
        {fields.map((field) => (
          <Controller
            key={field.id}
            control={control}
            name={`texts.${field.id}`}
            render={({ field: { value, onChange, ref, onBlur, name } }) => (
              <FieldInput
                field={field}
                error={formState.errors.texts?.[field.id]?.message}
                {...{ onChange, ref, onBlur, name }}
                value={value ?? field.text}
              />
            )}
          />
        ))}
        <SaveOrForget save="Save the values" busy={busy} draft={draft} onDone={onDone} />
      </Stack>
    </form>
  )
}

type InputProps = {
  field: FieldToEnter
  value: string
  onChange: (text: string) => void
  onBlur: () => void
  ref: React.Ref<HTMLInputElement>
  name: string
  error: string | undefined
}

function FieldInput({ field, onChange, value, ...input }: InputProps) {
  const { name, type, unit, help, required, options } = field
  const shared = {
    ...input,
    label: type === 'number' && unit ? `${name} (${unit})` : name,
    description: help || acceptedValue(field),
    withAsterisk: required,
  }
  if (type === 'choice' || type === 'yesNo')
    return (
      <Select
        {...shared}
        data={type === 'choice' ? [...options] : ['yes', 'no']}
        value={value || null}
        onChange={(chosen) => onChange(chosen ?? '')}
        placeholder="not given"
        clearable
      />
    )
  return (
    <TextInput
      {...shared}
      type={type === 'date' ? 'date' : 'text'}
      inputMode={type === 'number' ? 'decimal' : undefined}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      autoComplete="off"
    />
  )
}
