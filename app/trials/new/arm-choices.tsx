'use client'

import { NativeSelect, Text, Textarea } from '@mantine/core'
import type { UseFormReturn } from 'react-hook-form'
import { reasonHint } from '@/lib/domain/text/reason'
import type { DraftInput } from './schema'

/** An arm with what it asks for. */
export type ArmChoice = { name: string; asks: string }

type Props = { form: UseFormReturn<DraftInput>; arms: ArmChoice[] }

/** How the trial gets its arm: drawn when it is drafted, unless a person chooses and says why. */
export function ArmChoices({ form, arms }: Props) {
  const { register, watch, formState } = form
  const { arm, armReason } = formState.errors
  return (
    <>
      <NativeSelect
        label="Arm"
        description="Drawn at random when you draft the trial, and never changed afterwards. One that you choose is recorded as chosen, and compared apart."
        data={[
          { value: '', label: 'At random' },
          ...arms.map(({ name, asks }) => ({ value: name, label: `By choice: ${name}, ${asks}` })),
        ]}
        error={arm?.message}
        {...register('arm')}
      />
      {watch('arm') ? (
        <Textarea
          label="Why this arm is chosen"
          description={reasonHint}
          autosize
          minRows={2}
          error={armReason?.message}
          withAsterisk
          {...register('armReason')}
        />
      ) : (
        <Text size="sm">
          One of: {arms.map(({ name, asks }) => `${name} (${asks})`).join('; ')}. The device must be
          able to take each of them.
        </Text>
      )}
    </>
  )
}
