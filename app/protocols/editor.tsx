'use client'

import {
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
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
import { PrimaryOutcomeField, SlotFields, StepFields } from './fields'
import { type ProtocolText, problemsOf } from './schema'

type Props = {
  initial: ProtocolText
  protocolId?: string
  basedOn?: number
  /** The claims it can test: its own, and the newest version of each other. */
  claims: { value: string; label: string }[]
  reason: string | undefined
}

const choices = {
  externalPower: [
    { value: 'yes', label: 'plugged in' },
    { value: 'no', label: 'unplugged' },
  ],
  passcode: [
    { value: 'set', label: 'set' },
    { value: 'notSet', label: 'not set' },
  ],
  network: [
    { value: 'wifi', label: 'Wi-Fi' },
    { value: 'cellular', label: 'cellular' },
    { value: 'wired', label: 'wired' },
    { value: 'none', label: 'none' },
  ],
  automaticUpdates: [
    { value: 'on', label: 'on' },
    { value: 'off', label: 'off' },
  ],
}
const choiceLabels = {
  externalPower: 'External power',
  passcode: 'Passcode',
  network: 'Network',
  automaticUpdates: 'Automatic updates',
}
type Choice = keyof typeof choices

/** Writes a protocol. A save makes a new version; existing trials keep their version. */
export function ProtocolEditor({ initial, protocolId, basedOn, claims, reason }: Props) {
  const router = useRouter()
  const [pending, start] = useTransition()
  const [refusal, setRefusal] = useState<readonly string[]>([])
  const form = useForm<ProtocolText>({ defaultValues: initial, resolver: protocolResolver })
  const draft = useFormDraft(form, `protocol/${protocolId ?? 'new'}/${basedOn ?? ''}`)
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
    setRefusal(problemsOf(form.getValues()).map(({ reason }) => reason)),
  )
  const field = (name: FieldPath<ProtocolText>) => ({
    ...form.register(name),
    error: form.getFieldState(name, form.formState).error?.message,
  })
  return (
    <FormProvider {...form}>
      <ReadyForm onSubmit={submit} aria-label="Protocol">
        <Stack gap="lg" maw={860}>
          <RestoredNote restored={draft.restored} />
          <TextInput label="Title" withAsterisk {...field('title')} />
          <Textarea
            label="Question"
            description="What the trial is to answer"
            autosize
            minRows={2}
            withAsterisk
            {...field('question')}
          />
          <SlotFields />
          <section aria-label="Starting conditions">
            <Title order={2} size="h4">
              Starting conditions
            </Title>
            <Text size="sm" c="dimmed" mb="xs">
              An empty field follows the lab's own rule. A trial arm that requires a battery below
              0.20 is as legitimate as one above 0.50.
            </Text>
            <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
              <TextInput
                label="Battery at least"
                placeholder="0.5 or 50 %"
                {...field('batteryMin')}
              />
              <TextInput
                label="Battery at most"
                placeholder="0.2 or 20 %"
                {...field('batteryMax')}
              />
              <TextInput label="Free disk at least, GB" {...field('freeGbMin')} />
              <TextInput label="Free disk at most, GB" {...field('freeGbMax')} />
              {/* Object.keys answers string[]; the object above is complete by its type. */}
              {(Object.keys(choices) as Choice[]).map((name) => (
                <Controller
                  key={name}
                  control={form.control}
                  name={name}
                  render={({ field: { value, onChange, ...rest } }) => (
                    <Select
                      label={choiceLabels[name]}
                      placeholder="as the lab's rule"
                      data={choices[name]}
                      value={value || null}
                      onChange={(chosen) => onChange(chosen ?? '')}
                      clearable
                      {...rest}
                    />
                  )}
                />
              ))}
            </SimpleGrid>
          </section>
          <StepFields />
          <PrimaryOutcomeField />
          <TextInput label="Expected outcome" withAsterisk {...field('expectedOutcome')} />
          <TextInput
            label="Deadline, minutes after the release"
            inputMode="numeric"
            w={280}
            withAsterisk
            {...field('deadlineMinutes')}
          />
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
            label="Two people release each command"
            description="A second person counter-signs what the first is about to release, whatever the lab's setting says"
            {...form.register('twoPersonRelease')}
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
