'use client'

import { Button, MultiSelect, Paper, SimpleGrid, Stack, Textarea, Title } from '@mantine/core'
import { Controller, useFieldArray, useFormContext } from 'react-hook-form'
import { comparedKinds, observationInfo } from '@/lib/domain/trial/observation'
import { emptyStep, type ProtocolText } from './schema'

const sightingChoices = comparedKinds.map((kind) => ({
  value: kind,
  label: observationInfo[kind].label,
}))

/** What to do at the bench, and what is expected of each step. */
export function StepFields() {
  const { control } = useFormContext<ProtocolText>()
  const { fields, append, remove } = useFieldArray({ control, name: 'steps' })
  return (
    <section aria-label="Steps">
      <Title order={2} size="h4" mb="xs">
        Steps
      </Title>
      <Stack gap="xs">
        {fields.map((step, index) => (
          <StepField key={step.id} index={index} remove={() => remove(index)} />
        ))}
      </Stack>
      <Button variant="default" size="xs" mt="xs" onClick={() => append(emptyStep())}>
        Add a step
      </Button>
    </section>
  )
}

function StepField({ index, remove }: { index: number; remove: () => void }) {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const errors = formState.errors.steps?.[index]
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} aria-label={`Step ${index + 1}`}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Textarea
          label={`Step ${index + 1}: do this`}
          autosize
          minRows={1}
          error={errors?.doThis?.message}
          {...register(`steps.${index}.doThis`)}
        />
        <Textarea
          label="Look at"
          autosize
          minRows={1}
          error={errors?.lookAt?.message}
          {...register(`steps.${index}.lookAt`)}
        />
        <Textarea
          label="Expect"
          autosize
          minRows={1}
          error={errors?.expect?.message}
          {...register(`steps.${index}.expect`)}
        />
        <Controller
          control={control}
          name={`steps.${index}.sightings`}
          render={({ field: { ref, ...field } }) => (
            <MultiSelect
              {...field}
              label="Sightings to expect"
              placeholder={field.value.length === 0 ? 'none is compared' : ''}
              data={sightingChoices}
              error={errors?.sightings?.message}
            />
          )}
        />
      </SimpleGrid>
      <Button variant="subtle" size="xs" mt="xs" onClick={remove}>
        Remove step {index + 1}
      </Button>
    </Paper>
  )
}
