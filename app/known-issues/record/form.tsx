'use client'

import { Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { issueEffectInfo, issueFieldLabel, issueFields } from '@/lib/domain/rules/known-issues'
import { issueEffects } from '@/lib/domain/rules/rule'
import { paths } from '@/lib/paths'
import { changeKnownIssueAction } from '../actions'
import type { TypedContent } from '../schema'

/** `seen` is the content that is typed over; it belongs to the form and its draft. */
type Typed = TypedContent & { reason: string; seen: TypedContent }
type Props = {
  initial: TypedContent
  /** The issue that is changed; undefined for a new one. */
  issue: number | undefined
  /** Why this person may not. */
  mayNot: string | undefined
}

const texts = ['from', 'to', 'builds', 'fault', 'radar', 'url', 'trial', 'reason'] as const

const families = [
  { value: 'iOS', label: 'iOS and iPadOS' },
  { value: 'tvOS', label: 'tvOS' },
]
const fields = issueFields.map((value) => ({ value, label: issueFieldLabel(value) }))

/** Records a known issue, or changes one. */
export function IssueForm({ initial, issue, mayNot }: Props) {
  const router = useRouter()
  const form = useForm<Typed>({ defaultValues: { ...initial, seen: initial, reason: '' } })
  const draft = useFormDraft(form, `known-issue/${issue ?? 'new'}`)
  const save = async ({ reason, seen, ...typed }: Typed) => {
    const { field, ...rest } = typed
    const content = typed.effect === 'unknown' ? { ...rest, field } : rest
    if (issue === undefined) return changeKnownIssueAction({ kind: 'added', content })
    const result = await changeKnownIssueAction({ kind: 'changed', issue, reason, content, seen })
    if ('stored' in result) form.setValue('seen', result.stored)
    return result
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    fields: ['effect', 'field', 'family', ...texts],
    onDone: () => {
      draft.forget()
      router.push(paths.knownIssues())
    },
  })
  const text = (name: (typeof texts)[number]) => ({
    ...form.register(name),
    error: form.formState.errors[name]?.message,
  })
  const effect = form.watch('effect')
  return (
    <ReadyForm onSubmit={submit} aria-label="Known issue">
      <Stack gap="md" maw={720}>
        <RestoredNote restored={draft.restored} />
        <Select
          label="Effect"
          description={issueEffectInfo[effect]}
          data={[
            { value: 'block', label: 'Block' },
            { value: 'unknown', label: 'Count a reading as unknown' },
          ]}
          allowDeselect={false}
          value={effect}
          onChange={(value) =>
            form.setValue('effect', issueEffects.find((one) => one === value) ?? 'block')
          }
        />
        {effect === 'unknown' && (
          <Select
            label="Reading"
            data={fields}
            value={form.watch('field') ?? null}
            onChange={(value) =>
              form.setValue(
                'field',
                issueFields.find((one) => one === value),
              )
            }
            error={form.formState.errors.field?.message}
            withAsterisk
          />
        )}
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          <Select
            label="Platform"
            data={families}
            allowDeselect={false}
            value={form.watch('family')}
            onChange={(value) => form.setValue('family', value === 'tvOS' ? 'tvOS' : 'iOS')}
          />
          <TextInput label="First version" placeholder="11.0" withAsterisk {...text('from')} />
          <TextInput label="Last version" placeholder="no known end" {...text('to')} />
        </SimpleGrid>
        <TextInput
          label="Builds"
          description="Nothing for all builds of these versions"
          placeholder="15A372, 15A402"
          {...text('builds')}
        />
        <Textarea label="What is wrong" autosize minRows={2} withAsterisk {...text('fault')} />
        <Text size="sm">Evidence: at least one of these.</Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <TextInput label="Radar" placeholder="45414737 or FB12345678" {...text('radar')} />
          <TextInput
            label="Concluded trial of a real device"
            placeholder="T-12"
            {...text('trial')}
          />
        </SimpleGrid>
        <TextInput label="Public source" placeholder="https://" {...text('url')} />
        {issue !== undefined && (
          <Textarea label="Why it changes" autosize minRows={2} withAsterisk {...text('reason')} />
        )}
        {refusal && <Refusal reason={refusal.reason} />}
        <Group>
          <Button type="submit" loading={busy} disabled={mayNot !== undefined} title={mayNot}>
            {issue === undefined ? 'Record it' : 'Change it'}
          </Button>
          {mayNot && <Text size="sm">{mayNot}</Text>}
        </Group>
      </Stack>
    </ReadyForm>
  )
}

/** Ends an issue: its versions are judged by the other rules alone from then on. */
export function EndForm({ issue, mayNot }: { issue: number; mayNot: string | undefined }) {
  const router = useRouter()
  const form = useForm({ defaultValues: { reason: '' } })
  const end = ({ reason }: { reason: string }) =>
    changeKnownIssueAction({ kind: 'ended', issue, reason })
  const { busy, refusal, submit } = useFormAction(form, end, {
    fields: ['reason'],
    onDone: () => router.push(paths.knownIssues()),
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="End of the issue">
      <Stack gap="sm" maw={720}>
        <Textarea
          label="Why it ends"
          autosize
          minRows={2}
          withAsterisk
          {...form.register('reason')}
          error={form.formState.errors.reason?.message}
        />
        {refusal && <Refusal reason={refusal.reason} />}
        <Group>
          <Button
            type="submit"
            variant="default"
            loading={busy}
            disabled={mayNot !== undefined}
            title={mayNot}
          >
            End it
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
