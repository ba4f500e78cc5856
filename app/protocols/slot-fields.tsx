'use client'

import { Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { Controller, useFieldArray, useFormContext } from 'react-hook-form'
import { Citation } from '@/components/citation'
import { installActions } from '@/lib/domain/protocol'
import type { ProtocolText } from './schema'

const cite = {
  label: 'Apple, system.update.schedule',
  url: 'https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml',
}

/** The commands in their order; each is sent at most once, by its own release. */
export function SlotFields() {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const { fields, append, remove } = useFieldArray({ control, name: 'slots' })
  const { errors } = formState
  return (
    <section aria-label="Commands">
      <Title order={2} size="h4">
        Commands
      </Title>
      <Text size="sm" c="dimmed" mb="xs" component="div">
        On iOS the first Default downloads and the next installs; InstallASAP installs what is
        downloaded. Name the target by ProductKey on any version; ProductVersion only where the
        device runs 11.3 (tvOS 12.2) or later. <Citation cite={cite} />
      </Text>
      <Stack gap="xs">
        {fields.map((slot, index) => (
          <Paper
            key={slot.id}
            withBorder
            p="sm"
            component="fieldset"
            aria-label={`Command ${index + 1}`}
          >
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
                    {...field}
                  />
                )}
              />
              <TextInput
                label="ProductKey"
                placeholder="iOSUpdate16B92"
                flex="1 1 180px"
                error={errors.slots?.[index]?.productKey?.message}
                {...register(`slots.${index}.productKey`)}
              />
              <TextInput
                label="ProductVersion"
                placeholder="12.1"
                flex="1 1 120px"
                error={errors.slots?.[index]?.productVersion?.message}
                {...register(`slots.${index}.productVersion`)}
              />
              <Button
                variant="subtle"
                mt={24}
                onClick={() => remove(index)}
                disabled={fields.length === 1}
              >
                Remove
              </Button>
            </Group>
          </Paper>
        ))}
      </Stack>
      <Button
        variant="default"
        size="xs"
        mt="xs"
        onClick={() => append({ installAction: 'Default', productKey: '', productVersion: '' })}
      >
        Add a command
      </Button>
    </section>
  )
}
