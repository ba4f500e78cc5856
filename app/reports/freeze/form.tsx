'use client'

import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { Environment } from '@/lib/domain/device/device'
import { maxReportTitle } from '@/lib/domain/report/frozen-report'
import { paths } from '@/lib/paths'
import { freezeAction } from './actions'

type Props = {
  environment: Environment
  filter: Record<string, string>
  /** Why this person may not, or this selection cannot. */
  mayNot: string | undefined
}

export function FreezeForm({ environment, filter, mayNot }: Props) {
  const router = useRouter()
  const form = useForm({ defaultValues: { title: '' } })
  const { busy, refusal, submit } = useFormAction(
    form,
    ({ title }: { title: string }) => freezeAction({ title, environment, filter }),
    { fields: ['title'], onDone: () => router.push(paths.reports()) },
  )
  return (
    <ReadyForm onSubmit={submit} aria-label="Freeze a report">
      <Stack gap="sm" maw={520} mt="md">
        <TextInput
          label="Title"
          description={`What it is for. At most ${maxReportTitle} characters.`}
          required
          {...form.register('title')}
          error={form.formState.errors.title?.message}
        />
        {refusal && <Refusal title="Not frozen" reason={refusal.reason} />}
        {mayNot && (
          <Text size="sm" c="dimmed">
            {mayNot}
          </Text>
        )}
        <div>
          <Button type="submit" loading={busy} disabled={mayNot !== undefined} title={mayNot}>
            Freeze
          </Button>
        </div>
        <Text size="xs" c="dimmed">
          About a second for each trial.
        </Text>
      </Stack>
    </ReadyForm>
  )
}
