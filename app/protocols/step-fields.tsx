'use client'

import { Button, Group, Stack, TextInput, Title } from '@mantine/core'
import { useFieldArray, useFormContext } from 'react-hook-form'
import type { ProtocolText } from './schema'

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
            <Button variant="subtle" mt={24} onClick={() => remove(index)}>
              Remove
            </Button>
          </Group>
        ))}
      </Stack>
      <Button
        variant="default"
        size="xs"
        mt="xs"
        onClick={() => append({ doThis: '', expect: '' })}
      >
        Add a step
      </Button>
    </section>
  )
}
