'use client'

import { Button, Checkbox, Group, MultiSelect, Stack } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import {
  Controller,
  type FieldErrors,
  type FieldPath,
  FormProvider,
  type Resolver,
  set,
  useForm,
} from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { paths } from '@/lib/paths'
import { saveProtocolAction } from './actions'
import { DesignSection } from './design-section'
import { StepFields } from './fields'
import { labelOf, type ProtocolText, problemsOf } from './schema'
import { DeviceSection, OutcomeSection, QuestionSection } from './sections'
import { SlotFields } from './slot-fields'

export type ProtocolEditorProps = {
  /** What it was begun with, such as a ready-made protocol: each has a draft of its own in the tab. */
  begun?: string | undefined
  initial: ProtocolText
  protocolId?: string
  basedOn?: number
  /** The claims it can test: its own, and the newest version of each other. */
  claims: { value: string; label: string }[]
  reason: string | undefined
}

/** Writes a protocol. A save makes a new version; existing trials keep their version. */
export function ProtocolEditor(props: ProtocolEditorProps) {
  const { initial, protocolId, basedOn, claims, reason, begun = '' } = props
  const router = useRouter()
  const [pending, start] = useTransition()
  const [refusal, setRefusal] = useState<readonly string[]>([])
  const form = useForm<ProtocolText>({ defaultValues: initial, resolver: protocolResolver })
  const draft = useFormDraft(
    form,
    `protocol-sections/${protocolId ?? 'new'}/${basedOn ?? ''}/${begun}`,
  )
  const save = (typed: ProtocolText) =>
    start(async () => {
      const result = await saveProtocolAction({ ...typed, protocolId, basedOn })
      if (result.status === 'saved') {
        draft.forget()
        return router.push(paths.protocol(result.protocolId))
      }
      setRefusal([result.reason])
      // The action names a field of this form, or none.
      if (result.field)
        form.setError(
          result.field as FieldPath<ProtocolText>,
          { message: result.reason },
          { shouldFocus: true },
        )
    })
  // Said beside the button too: on a phone the field may be screens away.
  const submit = form.handleSubmit(save, () =>
    setRefusal(
      problemsOf(form.getValues()).map(({ field, reason }) => `${labelOf(field)}: ${reason}`),
    ),
  )
  return (
    <FormProvider {...form}>
      <ReadyForm onSubmit={submit} aria-label="Protocol">
        <Stack gap="lg" maw={860}>
          <RestoredNote restored={draft.restored} />
          <QuestionSection />
          <DeviceSection />
          <SlotFields />
          <StepFields />
          <DesignSection />
          <OutcomeSection />
          <Controller
            control={form.control}
            name="claims"
            render={({ field: { value, onChange, ...rest } }) => (
              <MultiSelect
                label="Claims it tests"
                description="Each concluded trial supports, contradicts or did not observe them"
                data={claims}
                value={value}
                onChange={onChange}
                error={form.formState.errors.claims?.message}
                searchable
                {...rest}
              />
            )}
          />
          <Checkbox
            label="Two people release each command or declaration"
            description="A second person counter-signs what the first is about to release, whatever the lab's setting says"
            {...form.register('twoPersonRelease')}
          />
          <Checkbox
            label="Outcome read by a second person, blinded"
            description="An outcome counts once somebody who does not know it has read the record and said the same, or a lead has decided between the two"
            {...form.register('secondReader')}
          />
          {refusal.length > 0 && <Refusal title="Not saved" reason={refusal} />}
          <Group>
            <Button type="submit" loading={pending} disabled={reason !== undefined} title={reason}>
              {basedOn ? `Save as version ${basedOn + 1}` : 'Save the protocol'}
            </Button>
          </Group>
        </Stack>
      </ReadyForm>
    </FormProvider>
  )
}

/** Holds the editor to the rules the service holds the plan to, so that everything wrong shows at once. */
const protocolResolver: Resolver<ProtocolText> = (typed) => {
  const problems = problemsOf(typed)
  if (problems.length === 0) return { values: typed, errors: {} }
  const errors: FieldErrors<ProtocolText> = {}
  // The first problem of a field is shown; later ones would overwrite it.
  for (const { field, reason } of problems.toReversed())
    set(errors, field, { type: 'plan', message: reason })
  return { values: {}, errors }
}
