'use client'

import { Alert, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Card } from '@/components/data/card'
import { ShownOnce } from '@/components/data/copy-text'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { ReadyForm } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { useFormAction } from '@/components/forms/use-form-action'
import { ReportSection } from '@/components/report/report-section'
import type { SharePreview } from '@/lib/core/record/share/share-report'
import { maxShareTitle, type SharedRecord, shareDays } from '@/lib/domain/report/share-link'
import { exactTime } from '@/lib/domain/text/instant'
import { makeShareAction, previewShareAction } from './actions'

type Props = { of: SharedRecord; first: SharePreview }

/** Choose texts, read what the link shows, make it. The link shows what was read here, or is not made. */
export function ShareForm({ of, first }: Props) {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [read, setRead] = useState({ preview: first, chosen: [] as readonly string[] })
  const { busy, refusal, run } = useAction()
  const look = () =>
    run(
      () => previewShareAction({ of, chosen: [...chosen] }),
      (preview) => setRead({ preview, chosen }),
    )
  const isRead =
    read.chosen.length === chosen.length && chosen.every((id) => read.chosen.includes(id))
  return (
    <Stack gap="lg" maw={1100}>
      <Texts texts={first.texts} chosen={chosen} onChange={setChosen} />
      <MakeLink of={of} preview={read.preview} chosen={chosen} isRead={isRead} />
      <section aria-label="Preview">
        <Group gap="sm" mb="xs">
          <Title order={2} size="h4">
            Preview
          </Title>
          <Button size="xs" variant="default" loading={busy} disabled={isRead} onClick={look}>
            Show with the chosen texts
          </Button>
        </Group>
        {refusal && <Refusal title="Not shown" reason={refusal.reason} />}
        {isRead ? (
          read.preview.documents.map((document) => (
            <Stack key={document.title} gap="md" mb="xl">
              <Alert
                variant="outline"
                color={document.mark ? 'orange' : 'gray'}
                title={document.title}
              >
                <UserText>{document.subtitle}</UserText>
                <Text size="sm">
                  <UserText>{document.standing}</UserText>
                </Text>
              </Alert>
              {document.sections.map((section) => (
                <ReportSection key={section.title} section={section} within={document.title} />
              ))}
            </Stack>
          ))
        ) : (
          <Text size="sm" c="dimmed">
            The choice has changed. Show the preview, and read it, before you make the link.
          </Text>
        )}
      </section>
    </Stack>
  )
}

type TextsProps = {
  texts: SharePreview['texts']
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}

function Texts({ texts, chosen, onChange }: TextsProps) {
  return (
    <Card title="What people wrote">
      <Text size="sm" c="dimmed" mb="xs">
        {texts.length === 0
          ? 'Nobody has written anything in this report.'
          : 'Each is left out unless you choose it. Names and identifiers in it are replaced as shown here; read it for what a program cannot find.'}
      </Text>
      {texts.length > 0 && (
        <>
          <Group gap="xs" mb="sm">
            <Button size="xs" variant="default" onClick={() => onChange(texts.map(({ id }) => id))}>
              Choose all {texts.length}
            </Button>
            <Button size="xs" variant="default" onClick={() => onChange([])}>
              Choose none
            </Button>
          </Group>
          <Checkbox.Group label="Texts that the link shows" value={[...chosen]} onChange={onChange}>
            <Stack gap="xs">
              {texts.map(({ id, label, text }) => (
                <Checkbox
                  key={id}
                  value={id}
                  label={<UserText>{text}</UserText>}
                  description={label}
                  styles={{ label: { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' } }}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        </>
      )}
    </Card>
  )
}

type MakeProps = {
  of: SharedRecord
  preview: SharePreview
  chosen: readonly string[]
  isRead: boolean
}

function MakeLink({ of, preview, chosen, isRead }: MakeProps) {
  const [made, setMade] = useState<{ url: string; expiresAt: Date }>()
  const form = useForm({ defaultValues: { title: '', days: shareDays.usual as number } })
  const { errors } = form.formState
  const { digest } = preview
  const { busy, refusal, submit } = useFormAction(
    form,
    (input: { title: string; days: number }) =>
      makeShareAction({ of, chosen: [...chosen], digest, ...input }),
    {
      fields: ['title', 'days'],
      onDone: (result) => {
        setMade(result)
        form.reset()
      },
    },
  )
  return (
    <Card title="The link">
      <ReadyForm onSubmit={submit} aria-label="Make a share link">
        <Stack gap="sm" maw={560}>
          <TextInput
            label="For whom or what"
            description={`Stays in the lab. At most ${maxShareTitle} characters.`}
            required
            autoComplete="off"
            error={errors.title?.message}
            {...form.register('title')}
          />
          <TextInput
            label="Open for, in days"
            type="number"
            w={180}
            min={shareDays.min}
            max={shareDays.max}
            error={errors.days?.message}
            {...form.register('days', { valueAsNumber: true })}
          />
          {refusal && <Refusal title="Not made" reason={refusal.reason} />}
          <Group>
            <Button
              type="submit"
              loading={busy}
              disabled={!isRead}
              title={isRead ? undefined : 'Show the preview of your choice first'}
            >
              Make the link
            </Button>
            <Text size="sm" c="dimmed">
              {chosen.length} of {preview.texts.length} texts chosen
            </Text>
          </Group>
          {made && (
            <ShownOnce secret={made.url} copyLabel="Copy the link">
              It cannot be shown again. Whoever has it reads the report until{' '}
              {exactTime(made.expiresAt)} or until it is revoked, and can keep a copy.
            </ShownOnce>
          )}
        </Stack>
      </ReadyForm>
    </Card>
  )
}
