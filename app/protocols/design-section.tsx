'use client'

import {
  Button,
  MultiSelect,
  NativeSelect,
  Paper,
  SimpleGrid,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { Controller, useFieldArray, useFormContext, useWatch } from 'react-hook-form'
import { armFactorLabels, armLevels, armStratumLabels, levelWords } from '@/lib/domain/trial/arms'
import { type ArmFactor, armFactors, armStrata } from '@/lib/domain/trial/design'
import { type DesignText, emptyArm, levelsOf } from './design-text'
import type { ProtocolText } from './schema'
import { Section } from './sections'

type Listed = Exclude<ArmFactor, 'action'>
const listed = armFactors.filter((factor): factor is Listed => factor !== 'action')

/** Factors with their levels, arms as combinations of them, and how a trial gets its arm. */
export function DesignSection() {
  const { control } = useFormContext<ProtocolText>()
  const { fields, append, remove } = useFieldArray({ control, name: 'design.arms' })
  return (
    <Section
      title="Factors and arms"
      about="Leave it empty for a protocol whose trials are all alike. A factor has two or more levels; each arm has one level of each factor, which the rules then judge like a starting condition."
    >
      <Factors />
      {fields.map((arm, index) => (
        <ArmFields key={arm.id} index={index} remove={() => remove(index)} />
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => append(emptyArm())}>
          Add an arm
        </Button>
      </div>
      {fields.length > 0 && <Assignment />}
    </Section>
  )
}

function Factors() {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const errors = formState.errors.design
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {listed.map((factor) => (
        <Controller
          key={factor}
          control={control}
          name={`design.factors.${factor}`}
          render={({ field: { ref, ...field } }) => (
            <MultiSelect
              {...field}
              label={`Factor: ${armFactorLabels[factor].toLowerCase()}`}
              placeholder={field.value.length === 0 ? 'not a factor' : ''}
              data={Object.entries(armLevels[factor]).map(([value, label]) => ({ value, label }))}
              error={errors?.factors?.[factor]?.message}
            />
          )}
        />
      ))}
      <Textarea
        label="Factor: install actions"
        description="On each line one level: the InstallAction of each command"
        placeholder="DownloadOnly, InstallASAP"
        autosize
        minRows={2}
        error={errors?.factors?.action?.message}
        {...register('design.factors.action')}
      />
    </SimpleGrid>
  )
}

function ArmFields({ index, remove }: { index: number; remove: () => void }) {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const design = useWatch({ control, name: 'design' })
  const errors = formState.errors.design?.arms?.[index]
  const shown = armFactors.filter(
    (factor) => levelsOf(design, factor).length > 0 || design.arms[index]?.[factor],
  )
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} aria-label={`Arm ${index + 1}`}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        <TextInput
          label={`Arm ${index + 1}: name`}
          error={errors?.name?.message}
          {...register(`design.arms.${index}.name`)}
        />
        <TextInput
          label="Weight"
          inputMode="numeric"
          error={errors?.weight?.message}
          {...register(`design.arms.${index}.weight`)}
        />
        {shown.map((factor) => (
          <NativeSelect
            key={factor}
            label={armFactorLabels[factor]}
            data={choicesOf(design, factor, design.arms[index]?.[factor] ?? '')}
            error={errors?.[factor]?.message}
            {...register(`design.arms.${index}.${factor}`)}
          />
        ))}
      </SimpleGrid>
      <Button variant="subtle" size="xs" mt="xs" onClick={remove}>
        Remove arm {index + 1}
      </Button>
    </Paper>
  )
}

/** The declared levels; a chosen one that is declared no longer stays, and is refused with its field. */
const choicesOf = (design: DesignText, factor: ArmFactor, chosen: string) => [
  { value: '', label: 'choose a level' },
  ...[...new Set([...levelsOf(design, factor), chosen])]
    .filter((level) => level !== '')
    .map((value) => ({ value, label: levelWords(factor, value) ?? value })),
]

const strata = armStrata.map((value) => ({ value, label: armStratumLabels[value] }))

function Assignment() {
  const { control, register, formState } = useFormContext<ProtocolText>()
  const errors = formState.errors.design
  return (
    <div>
      <Title order={3} size="sm">
        Assignment
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        A trial gets its arm when it is drafted: at random, from a seed that is recorded, or by
        choice with a reason.
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Controller
          control={control}
          name="design.strata"
          render={({ field: { ref, ...field } }) => (
            <MultiSelect
              {...field}
              label="Balanced within"
              description="Few devices: few strata"
              placeholder={field.value.length === 0 ? 'all devices together' : ''}
              data={strata}
              error={errors?.strata?.message}
            />
          )}
        />
        <TextInput
          label="Block sizes"
          description="Multiples of the sum of the weights; with two, the end of a block cannot be guessed"
          error={errors?.blocks?.message}
          {...register('design.blocks')}
        />
        <TextInput
          label="Trials planned"
          description="In all arms; may be left empty"
          inputMode="numeric"
          error={errors?.planned?.message}
          {...register('design.planned')}
        />
      </SimpleGrid>
    </div>
  )
}
