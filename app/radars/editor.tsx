'use client'

import { Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { type Platform, platforms } from '@/lib/domain/device/device'
import { type RadarTextField, radarTextLabels, radarTexts } from '@/lib/domain/radar/radar'
import { paths } from '@/lib/paths'
import { editRadarAction, writeRadarAction } from './actions'
import type { ContentInput, OriginInput } from './schema'

type Props = {
  initial: ContentInput
  /** What a new report is written from, or the draft that is edited. */
  about: { origin: OriginInput } | { radarId: string }
  reason: string | undefined
}

/** `seen` is the text that is typed over; it belongs to the form and its draft, as others may edit the radar meanwhile. */
type Typed = ContentInput & { platform: Platform; startVersion: string; seen: ContentInput }

const hints: Partial<Record<RadarTextField, string>> = {
  area: 'The product area in Feedback Assistant',
  steps: 'One step a line',
  expected: 'What Apple documents, with its place',
  actual: 'What the device answered',
}

/** Without what the content has beside its texts. */
const textsOf = ({ title, area, steps, expected, actual, configuration }: ContentInput) => ({
  ...{ title, area, steps },
  ...{ expected, actual, configuration },
})

/** Writes the text of a report, or edits a draft. */
export function RadarEditor({ initial, about, reason }: Props) {
  const router = useRouter()
  const free = 'origin' in about && 'environment' in about.origin ? about.origin : undefined
  const form = useForm<Typed>({
    defaultValues: {
      ...textsOf(initial),
      seen: textsOf(initial),
      platform: free?.platform ?? 'iOS',
      startVersion: free?.startVersion ?? '',
    },
  })
  const draft = useFormDraft(form, `radar/${JSON.stringify(about)}`)
  const save = async ({ platform, startVersion, seen, ...content }: Typed) => {
    if ('radarId' in about) {
      const result = await editRadarAction({ radarId: about.radarId, content, seen })
      if ('stored' in result) form.setValue('seen', textsOf(result.stored))
      return result
    }
    const origin = free ? { environment: free.environment, platform, startVersion } : about.origin
    return writeRadarAction({ origin, content })
  }
  const { busy, refusal, submit } = useFormAction(form, save, {
    fields: [...radarTexts, 'startVersion'],
    onDone: ({ radarId }) => {
      draft.forget()
      router.push(paths.radar(radarId))
    },
  })
  const field = (name: RadarTextField | 'startVersion') => ({
    ...form.register(name),
    error: form.formState.errors[name]?.message,
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="Radar">
      <Stack gap="md" maw={860}>
        <RestoredNote restored={draft.restored} />
        <Text size="sm">
          Serials, UDIDs, IMEIs, phone numbers, names and tokens are replaced when it is saved.
        </Text>
        {free && (
          <Group gap="sm" align="flex-start">
            <Select
              label="Platform"
              data={[...platforms]}
              allowDeselect={false}
              value={form.watch('platform')}
              onChange={(value) =>
                form.setValue('platform', platforms.find((one) => one === value) ?? 'iOS')
              }
            />
            <TextInput
              label="OS version"
              description="Nothing for a wish"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              {...field('startVersion')}
            />
          </Group>
        )}
        {radarTexts.map((name) =>
          name === 'title' || name === 'area' ? (
            <TextInput
              key={name}
              label={radarTextLabels[name]}
              description={hints[name]}
              withAsterisk
              {...field(name)}
            />
          ) : (
            <Textarea
              key={name}
              label={radarTextLabels[name]}
              description={hints[name]}
              autosize
              minRows={3}
              maxRows={18}
              withAsterisk
              {...field(name)}
            />
          ),
        )}
        {refusal && <Refusal reason={refusal.reason} />}
        <Group>
          <Button type="submit" loading={busy} disabled={reason !== undefined} title={reason}>
            Save the draft
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
