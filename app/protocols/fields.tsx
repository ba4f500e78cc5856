'use client'

import {
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  Paper,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { Controller, useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { Citation } from '@/components/data/links'
import {
  installActionCite,
  installActionInfo,
  installActions,
  targetCite,
} from '@/lib/domain/trial/install-action'
import { comparedKinds, observationInfo } from '@/lib/domain/trial/observation'
import {
  numeratorWords,
  primaryOutcomeInfo,
  primaryOutcomes,
  proposedPrimaryOutcome,
  unreachable,
} from '@/lib/domain/trial/primary-outcome'
import { emptyStep, type ProtocolText } from './schema'

const sightingChoices = comparedKinds.map((kind) => ({
  value: kind,
  label: observationInfo[kind].label,
}))

const another = { installAction: 'Default' as const, productKey: '', productVersion: '' }

/** The commands in their order; each is sent at most once, by its own release. */
export function SlotFields() {
  const { control } = useFormContext<ProtocolText>()
  const { fields, append, remove } = useFieldArray({ control, name: 'slots' })
  return (
    <section aria-label="Commands">
      <Title order={2} size="h4">
        Commands
      </Title>
      <Text size="sm" c="dimmed" mb="xs" component="div">
        Each is released on its own and sent once. On iOS a first Default downloads and the next one
        installs. <Citation cite={installActionCite} />
      </Text>
      <Text size="sm" c="dimmed" mb="xs" component="div">
        Name the target by ProductKey, which every version understands, by ProductVersion where the
        device runs iOS 11.3 or tvOS 12.2 and later, or by both. A Rapid Security Response has no
        ProductVersion. <Citation cite={targetCite} />
      </Text>
      <Stack gap="xs">
        {fields.map((slot, index) => (
          <SlotField
            key={slot.id}
            index={index}
            remove={fields.length > 1 ? () => remove(index) : undefined}
          />
        ))}
      </Stack>
      <Button variant="default" size="xs" mt="xs" onClick={() => append(another)}>
        Add a command
      </Button>
    </section>
  )
}

type SlotProps = { index: number; remove: (() => void) | undefined }

function SlotField({ index, remove }: SlotProps) {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const installAction = useWatch({ control, name: `slots.${index}.installAction` })
  const errors = formState.errors.slots?.[index]
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} aria-label={`Command ${index + 1}`}>
      <Group align="flex-start" gap="sm">
        <Controller
          control={control}
          name={`slots.${index}.installAction`}
          render={({ field }) => (
            <Select
              label="InstallAction"
              data={[...installActions]}
              allowDeselect={false}
              w={160}
              error={errors?.installAction?.message}
              {...field}
            />
          )}
        />
        <TextInput
          label="ProductKey"
          placeholder="iOSUpdate16B92"
          flex="1 1 180px"
          error={errors?.productKey?.message}
          {...register(`slots.${index}.productKey`)}
        />
        <TextInput
          label="ProductVersion"
          placeholder="12.1"
          flex="1 1 120px"
          error={errors?.productVersion?.message}
          {...register(`slots.${index}.productVersion`)}
        />
        {remove && (
          <Button variant="subtle" mt={24} onClick={remove}>
            Remove
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" mt={6}>
        {installAction}: {installActionInfo[installAction]}
      </Text>
    </Paper>
  )
}

/** What the trials are counted by: the one that the commands suggest, or another one. */
export function PrimaryOutcomeField() {
  const { control, formState } = useFormContext<ProtocolText>()
  const [slots, chosen] = useWatch({ control, name: ['slots', 'primaryOutcome'] })
  const proposed = proposedPrimaryOutcome({ slots })
  const { countsWhere } = primaryOutcomeInfo[chosen || proposed]
  const impossible = unreachable({ slots }, chosen || proposed)
  return (
    <Controller
      control={control}
      name="primaryOutcome"
      render={({ field }) => (
        <NativeSelect
          label="Primary outcome"
          description={`A trial counts where ${countsWhere}. Numerator: ${numeratorWords(chosen || proposed)}.`}
          data={[
            {
              value: '',
              label: `${primaryOutcomeInfo[proposed].label} (proposed: it follows from the commands)`,
            },
            ...primaryOutcomes.map((one) => ({
              value: one,
              label: primaryOutcomeInfo[one].label,
            })),
          ]}
          error={formState.errors.primaryOutcome?.message ?? impossible}
          {...field}
        />
      )}
    />
  )
}

/** What to do at the bench, and what is expected of each step. */
export function StepFields() {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const { fields, append, remove } = useFieldArray({ control, name: 'steps' })
  const { errors } = formState
  return (
    <section aria-label="Steps">
      <Title order={2} size="h4" mb="xs">
        Steps
      </Title>
      <Stack gap="xs">
        {fields.map((step, index) => (
          <Group key={step.id} align="flex-start" gap="sm">
            <TextInput
              label={`Step ${index + 1}: do this`}
              flex="2 1 240px"
              error={errors.steps?.[index]?.doThis?.message}
              {...register(`steps.${index}.doThis`)}
            />
            <TextInput label="Expect" flex="2 1 240px" {...register(`steps.${index}.expect`)} />
            <Controller
              control={control}
              name={`steps.${index}.sightings`}
              render={({ field: { ref, ...field } }) => (
                <MultiSelect
                  {...field}
                  label="Sightings to expect"
                  placeholder={field.value.length === 0 ? 'none is compared' : ''}
                  flex="2 1 240px"
                  data={sightingChoices}
                  error={errors.steps?.[index]?.sightings?.message}
                />
              )}
            />
            <Button variant="subtle" mt={24} onClick={() => remove(index)}>
              Remove
            </Button>
          </Group>
        ))}
      </Stack>
      <Button variant="default" size="xs" mt="xs" onClick={() => append(emptyStep())}>
        Add a step
      </Button>
    </section>
  )
}
