'use client'

import {
  MultiSelect,
  NativeSelect,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import type { ReactNode } from 'react'
import { Controller, type FieldPath, useFormContext, useWatch } from 'react-hook-form'
import { readingFieldNames, readingFields } from '@/lib/domain/reading/reading'
import {
  numeratorWords,
  primaryOutcomeInfo,
  primaryOutcomes,
  proposedPrimaryOutcome,
  unreachable,
} from '@/lib/domain/trial/primary-outcome'
import type { ProtocolText } from './schema'

type SectionProps = { title: string; about?: string; children: ReactNode }

/** One part of the editor, with its heading. */
export const Section = ({ title, about, children }: SectionProps) => (
  <Paper withBorder p={{ base: 'sm', sm: 'md' }} component="section" aria-label={title}>
    <Title order={2} size="h4">
      {title}
    </Title>
    {about && (
      <Text size="sm" c="dimmed">
        {about}
      </Text>
    )}
    <Stack gap="sm" mt="xs">
      {children}
    </Stack>
  </Paper>
)

/** A field of the form with its error beside it. */
function useField() {
  const { register, getFieldState, formState } = useFormContext<ProtocolText>()
  return (name: FieldPath<ProtocolText>) => ({
    ...register(name),
    error: getFieldState(name, formState).error?.message,
  })
}

/** What is asked, and what the writer believes. */
export function QuestionSection() {
  const field = useField()
  return (
    <Section title="Question">
      <TextInput label="Title" withAsterisk {...field('title')} />
      <Textarea
        label="Question"
        description="What the trial is to answer"
        autosize
        minRows={2}
        withAsterisk
        {...field('question')}
      />
      <Textarea
        label="Hypothesis"
        description="What you believe, and why. Each trial has an expectation of its own besides."
        autosize
        minRows={2}
        {...field('hypothesis')}
      />
    </Section>
  )
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

const readingChoices = readingFieldNames.map((name) => ({
  value: name,
  label: readingFields[name].label,
}))

/** Which devices take part: what is judged by the rules, and what people hold to. */
export function DeviceSection() {
  const { control, formState } = useFormContext<ProtocolText>()
  const field = useField()
  return (
    <Section
      title="Starting conditions"
      about="An empty field follows the lab's own rule. A trial arm that requires a battery below 0.20 is as legitimate as one above 0.50."
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        <TextInput label="Battery at least" placeholder="0.5 or 50 %" {...field('batteryMin')} />
        <TextInput label="Battery at most" placeholder="0.2 or 20 %" {...field('batteryMax')} />
        <TextInput label="Free disk at least, GB" {...field('freeGbMin')} />
        <TextInput label="Free disk at most, GB" {...field('freeGbMax')} />
        {/* Object.keys answers string[]; the object above is complete by its type. */}
        {(Object.keys(choices) as Choice[]).map((name) => (
          <Controller
            key={name}
            control={control}
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
      <Controller
        control={control}
        name="freshReadings"
        render={({ field: { ref, ...rest } }) => (
          <MultiSelect
            {...rest}
            label="Baseline readings that must be fresh"
            description="Beyond those that the rules rest on: a release waits until each is known and within its maximum age"
            data={readingChoices}
            error={formState.errors.freshReadings?.message}
            searchable
          />
        )}
      />
      <Textarea
        label="Inclusion beyond the rules"
        description="What people hold to; no rule judges it"
        autosize
        minRows={2}
        {...field('inclusion')}
      />
      <Textarea label="Exclusion beyond the rules" autosize minRows={2} {...field('exclusion')} />
    </Section>
  )
}

/** What the trials are counted by, what is expected, and when they end. */
export function OutcomeSection() {
  const field = useField()
  return (
    <Section title="Outcome and end">
      <PrimaryOutcomeField />
      <TextInput label="Expected outcome" withAsterisk {...field('expectedOutcome')} />
      <TextInput
        label="Deadline, minutes after the release"
        inputMode="numeric"
        w={340}
        maw="100%"
        withAsterisk
        {...field('deadlineMinutes')}
      />
      <Textarea
        label="Stop rule"
        description="When to stop before the deadline, such as “once the prompt was accepted by mistake”"
        autosize
        minRows={2}
        {...field('stopRule')}
      />
    </Section>
  )
}

/** The primary outcome that the commands suggest, or another one. */
function PrimaryOutcomeField() {
  const { control, formState } = useFormContext<ProtocolText>()
  const [slots, chosen] = useWatch({ control, name: ['slots', 'primaryOutcome'] })
  const proposed = proposedPrimaryOutcome({ slots })
  const primary = chosen || proposed
  return (
    <Controller
      control={control}
      name="primaryOutcome"
      render={({ field }) => (
        <NativeSelect
          label="Primary outcome"
          description={`A trial counts where ${primaryOutcomeInfo[primary].countsWhere}. Numerator: ${numeratorWords(primary)}.`}
          data={[
            { value: '', label: `${primaryOutcomeInfo[proposed].label} (proposed)` },
            ...primaryOutcomes.map((one) => ({ value: one, label: primaryOutcomeInfo[one].label })),
          ]}
          error={unreachable({ slots }, primary) ?? formState.errors.primaryOutcome?.message}
          {...field}
        />
      )}
    />
  )
}
