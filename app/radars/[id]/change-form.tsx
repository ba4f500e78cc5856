'use client'

import {
  Button,
  Group,
  NativeSelect,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import {
  type FixMechanism,
  fixMechanisms,
  fixMechanismWords,
  isFixVerdict,
  isVerdict,
  type RadarChangeKind,
  radarStateInfo,
} from '@/lib/domain/radar/radar'
import { changeRadarAction } from '../actions'
import type { ChangeInput } from '../schema'

type Props = {
  radarId: string
  kinds: readonly [RadarChangeKind, ...RadarChangeKind[]]
  claimedFix: string | null
  /** What the newest claim of a fix names, or what the radar's own trial was by. */
  mechanism: FixMechanism
  reason: string | undefined
}

/** Records what became of a radar. */
export function ChangeForm({ radarId, kinds, claimedFix, mechanism, reason }: Props) {
  const form = useForm<ChangeInput>({
    defaultValues: {
      ...{ radarId, kind: kinds[0], reason: '', number: '', version: '', trials: '' },
      mechanism,
    },
  })
  const { busy, refusal, submit } = useFormAction(form, changeRadarAction, {
    fields: ['kind', 'reason', 'number', 'version', 'mechanism', 'trials'],
  })
  const kind = form.watch('kind')
  const field = (name: 'reason' | 'number' | 'version' | 'trials') => ({
    ...form.register(name),
    error: form.formState.errors[name]?.message,
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="Change of state">
      <Stack gap="sm" maw={620}>
        <Select
          label="New state"
          description={radarStateInfo[kind].meaning}
          data={kinds.map((value) => ({ value, label: radarStateInfo[value].label }))}
          allowDeselect={false}
          value={kind}
          onChange={(value) =>
            form.setValue('kind', kinds.find((one) => one === value) ?? kinds[0])
          }
          error={form.formState.errors.kind?.message}
        />
        {(kind === 'filed' || kind === 'duplicate') && (
          <TextInput
            label={kind === 'filed' ? 'Number that Apple gave it' : 'Number of the other report'}
            placeholder="45414737 or FB12345678"
            withAsterisk
            {...field('number')}
          />
        )}
        {kind === 'claimedFixed' && (
          <>
            <TextInput
              label="Version with the fix"
              placeholder="26.4"
              withAsterisk
              {...field('version')}
            />
            <NativeSelect
              label="The fix is proved by"
              description="A trial by one mechanism says nothing about the other; a lead can decide otherwise"
              data={fixMechanisms.map((value) => ({ value, label: fixMechanismWords[value] }))}
              {...form.register('mechanism')}
              error={form.formState.errors.mechanism?.message}
            />
          </>
        )}
        <TextInput
          label="Trials that support it"
          description={trialHint(kind, claimedFix, mechanism)}
          placeholder="T-3, T-7"
          withAsterisk={isVerdict(kind)}
          {...field('trials')}
        />
        <Textarea
          label="What Apple said, or what you saw"
          autosize
          minRows={2}
          withAsterisk
          {...field('reason')}
        />
        {refusal && <Refusal reason={refusal.reason} />}
        <Group>
          <Button type="submit" loading={busy} disabled={reason !== undefined} title={reason}>
            Record it
          </Button>
          {reason && <Text size="sm">{reason}</Text>}
        </Group>
      </Stack>
    </ReadyForm>
  )
}

function trialHint(kind: RadarChangeKind, claimedFix: string | null, by: FixMechanism): string {
  if (isFixVerdict(kind))
    return `Concluded ${fixMechanismWords[by]} that started at ${claimedFix} or later`
  return isVerdict(kind) ? 'Concluded trials' : 'If there are any'
}
