'use client'

import {
  Button,
  Group,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { Controller, useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { Citation } from '@/components/data/links'
import {
  declarationCite,
  installActionCite,
  installActionInfo,
  installActions,
  targetCite,
} from '@/lib/domain/trial/install-action'
import { declarationInfoOf } from '@/lib/domain/trial/mechanism'
import { slotLimits } from '@/lib/domain/trial/slot-rules'
import type { ProtocolText } from './schema'
import { emptySlot } from './slot-text'

/** The commands and declarations in their order; each is sent at most once, by its own release. */
export function SlotFields() {
  const { control } = useFormContext<ProtocolText>()
  const { fields, append, remove } = useFieldArray({ control, name: 'slots' })
  return (
    <section aria-label="Interventions">
      <Title order={2} size="h4">
        Commands and declarations
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
      <Text size="sm" c="dimmed" mb="xs" component="div">
        A declaration needs iOS or iPadOS 17, or tvOS 18.4, and a server that keeps declarations. OS
        27 removes the command and keeps the declaration. <Citation cite={declarationCite} />
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
      <Button variant="default" size="xs" mt="xs" onClick={() => append(emptySlot())}>
        Add a command
      </Button>
      <Button
        variant="default"
        size="xs"
        mt="xs"
        ml="xs"
        onClick={() => append({ ...emptySlot(), mechanism: 'declaration' })}
      >
        Add a declaration
      </Button>
    </section>
  )
}

type SlotProps = { index: number; remove: (() => void) | undefined }

function SlotField({ index, remove }: SlotProps) {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const mechanism = useWatch({ control, name: `slots.${index}.mechanism` })
  const errors = formState.errors.slots?.[index]
  const noun = mechanism === 'declaration' ? 'Declaration' : 'Command'
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} aria-label={`${noun} ${index + 1}`}>
      <Group align="flex-start" gap="sm">
        <Controller
          control={control}
          name={`slots.${index}.mechanism`}
          render={({ field }) => (
            <Select
              label="Mechanism"
              data={mechanismChoices}
              allowDeselect={false}
              w={160}
              error={errors?.mechanism?.message}
              {...field}
            />
          )}
        />
        {mechanism === 'declaration' ? (
          <DeclarationFields index={index} />
        ) : (
          <CommandFields index={index} />
        )}
        {remove && (
          <Button variant="subtle" mt={24} onClick={remove}>
            Remove
          </Button>
        )}
      </Group>
      <SlotInfo index={index} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs">
        <Textarea
          label="Look at"
          placeholder="Settings > General > Software Update"
          autosize
          minRows={1}
          error={errors?.lookAt?.message}
          {...register(`slots.${index}.lookAt`)}
        />
        <Textarea
          label={`Expected of this ${noun.toLowerCase()}`}
          autosize
          minRows={1}
          error={errors?.expect?.message}
          {...register(`slots.${index}.expect`)}
        />
      </SimpleGrid>
    </Paper>
  )
}

const mechanismChoices = [
  { value: 'command', label: 'Command' },
  { value: 'declaration', label: 'Declaration' },
]

/** What the device does with it, in a line. */
function SlotInfo({ index }: { index: number }) {
  const { control } = useFormContext<ProtocolText>()
  const { mechanism, installAction, when } = useWatch({ control, name: `slots.${index}` })
  return (
    <Text size="sm" c="dimmed" mt={6}>
      {mechanism === 'declaration'
        ? declarationInfoOf(when)
        : `${installAction}: ${installActionInfo[installAction]}`}
    </Text>
  )
}

const timeChoices = [
  { value: 'asSoonAsPossible', label: 'As soon as possible' },
  { value: 'atLocalTime', label: 'At a local time' },
]

function DeclarationFields({ index }: { index: number }) {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const when = useWatch({ control, name: `slots.${index}.when` })
  const errors = formState.errors.slots?.[index]
  return (
    <>
      <TextInput
        label="TargetOSVersion"
        placeholder="18.2"
        flex="1 1 120px"
        error={errors?.targetVersion?.message}
        {...register(`slots.${index}.targetVersion`)}
      />
      <TextInput
        label="TargetBuildVersion"
        placeholder="22C152"
        flex="1 1 120px"
        error={errors?.targetBuild?.message}
        {...register(`slots.${index}.targetBuild`)}
      />
      <Controller
        control={control}
        name={`slots.${index}.when`}
        render={({ field }) => (
          <Select
            label="When"
            data={timeChoices}
            allowDeselect={false}
            w={200}
            error={errors?.when?.message}
            {...field}
          />
        )}
      />
      {when === 'atLocalTime' && (
        <>
          <TextInput
            label="Days after the release"
            description={`0 to ${slotLimits.daysLater}, by the device’s date`}
            inputMode="numeric"
            flex="1 1 160px"
            error={errors?.daysLater?.message}
            {...register(`slots.${index}.daysLater`)}
          />
          <TextInput
            label="Local time"
            description="HH:MM, in the device’s time zone"
            placeholder="09:30"
            flex="1 1 160px"
            error={errors?.clock?.message}
            {...register(`slots.${index}.clock`)}
          />
        </>
      )}
      <TextInput
        label="DetailsURL"
        placeholder="https://lab.example/update"
        flex="1 1 220px"
        error={errors?.detailsUrl?.message}
        {...register(`slots.${index}.detailsUrl`)}
      />
    </>
  )
}

function CommandFields({ index }: { index: number }) {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const errors = formState.errors.slots?.[index]
  return (
    <>
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
    </>
  )
}
