'use client'

import { Button, Group, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import {
  claimCheckInfo,
  claimChecks,
  claimPlaces,
  claimSourceLabels,
  claimSources,
} from '@/lib/domain/claim/claim'
import { slotMechanisms } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import { saveClaimAction } from './actions'
import { placeName, type TypedClaim } from './schema'

type Props = {
  initial: TypedClaim
  claimId?: string
  basedOn?: number
  reason: string | undefined
}

const texts = ['statement', 'sourceName', 'url', 'from', 'to', 'howTo'] as const

/** Writes a claim, or its next version. */
export function ClaimEditor({ initial, claimId, basedOn, reason }: Props) {
  const router = useRouter()
  const form = useForm<TypedClaim>({ defaultValues: initial })
  const draft = useFormDraft(form, `claim/${claimId ?? 'new'}/${basedOn ?? ''}`)
  const save = (content: TypedClaim) => saveClaimAction({ claimId, basedOn, content })
  const { busy, refusal, submit } = useFormAction(form, save, {
    fields: [...texts, 'path', 'source', 'family', 'check', 'mechanism'],
    onDone: (saved) => {
      draft.forget()
      router.push(paths.claim(saved.claimId))
    },
  })
  const text = (name: (typeof texts)[number]) => ({
    ...form.register(name),
    error: form.formState.errors[name]?.message,
  })
  const check = form.watch('check')
  return (
    <ReadyForm onSubmit={submit} aria-label="Claim">
      <Stack gap="md" maw={760}>
        <RestoredNote restored={draft.restored} />
        <Textarea
          label="Claim"
          description="In your own words, one sentence, without a quotation"
          autosize
          minRows={2}
          withAsterisk
          {...text('statement')}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <Select
            label="Claimed by"
            data={claimSources.map((value) => ({ value, label: claimSourceLabels[value] }))}
            allowDeselect={false}
            value={form.watch('source')}
            onChange={(value) =>
              form.setValue('source', claimSources.find((one) => one === value) ?? 'apple')
            }
          />
          <TextInput
            label="Source"
            placeholder="Apple's schema at 18.1, InstallAction"
            withAsterisk
            {...text('sourceName')}
          />
        </SimpleGrid>
        <TextInput label="Its address" placeholder="https://" withAsterisk {...text('url')} />
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          <Select
            label="Platform"
            data={[
              { value: 'iOS', label: 'iOS and iPadOS' },
              { value: 'tvOS', label: 'tvOS' },
            ]}
            allowDeselect={false}
            value={form.watch('family')}
            onChange={(value) => form.setValue('family', value === 'tvOS' ? 'tvOS' : 'iOS')}
          />
          <TextInput label="First version" placeholder="10.3" withAsterisk {...text('from')} />
          <TextInput label="Last version" placeholder="no known end" {...text('to')} />
        </SimpleGrid>
        <Select
          label="Updates"
          description={
            form.watch('mechanism') === 'either'
              ? 'Every trial on these versions is counted'
              : 'A trial by the other mechanism, or by both at once, is not counted'
          }
          data={[
            { value: 'either', label: 'by command or by declaration' },
            { value: 'command', label: 'by command alone' },
            { value: 'declaration', label: 'by declaration alone' },
          ]}
          allowDeselect={false}
          value={form.watch('mechanism')}
          onChange={(value) =>
            form.setValue('mechanism', slotMechanisms.find((one) => one === value) ?? 'either')
          }
        />
        <Select
          label="Compared"
          description={claimCheckInfo[check].meaning}
          data={claimChecks.map((value) => ({ value, label: claimCheckInfo[value].label }))}
          allowDeselect={false}
          value={check}
          onChange={(value) =>
            form.setValue('check', claimChecks.find((one) => one === value) ?? 'screen')
          }
        />
        {check === 'reply' ? (
          <Select
            label="Documented key"
            data={claimPlaces.map(placeName)}
            value={form.watch('path') || null}
            onChange={(value) => form.setValue('path', value ?? '')}
            error={form.formState.errors.path?.message}
            searchable
            withAsterisk
          />
        ) : (
          <Textarea label="What to look at" autosize minRows={2} withAsterisk {...text('howTo')} />
        )}
        {refusal && <Refusal reason={refusal.reason} />}
        <Group>
          <Button type="submit" loading={busy} disabled={reason !== undefined} title={reason}>
            {basedOn ? `Save as version ${basedOn + 1}` : 'Save the claim'}
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
