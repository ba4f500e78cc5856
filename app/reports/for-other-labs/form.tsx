'use client'

import { Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Card } from '@/components/data/card'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { useFormAction } from '@/components/forms/use-form-action'
import type { LabPreview } from '@/lib/core/record/lab-report/make-lab-report'
import type { Environment } from '@/lib/domain/device/device'
import { maxReportTitle } from '@/lib/domain/report/frozen-report'
import { maxLabName } from '@/lib/domain/settings'
import { paths } from '@/lib/paths'
import { makeLabReportAction, previewLabReportAction } from './actions'
import { ChooseTrials } from './choose-trials'
import classes from './for-other-labs.module.css'

type Selection = { environment: Environment; filter: Record<string, string> }

type Props = Selection & {
  first: LabPreview
  /** Trials of the list that have no outcome. */
  without: number
  labName: string
}

/** Choose trials, read what leaves, make the file. It has what was read here, or is not made. */
export function LabReportForm({ environment, filter, first, without, labName }: Props) {
  const every = first.trials.map(({ trialId }) => trialId)
  const [chosen, setChosen] = useState<readonly string[]>(every)
  const [read, setRead] = useState({ text: first.text, digest: first.digest, chosen: every })
  const { busy, refusal, run } = useAction()
  const look = () =>
    run(
      () => previewLabReportAction({ environment, filter, chosen: [...chosen] }),
      ({ text, digest }) => setRead({ text, digest, chosen: [...chosen] }),
    )
  const isRead =
    read.chosen.length === chosen.length && chosen.every((id) => read.chosen.includes(id))
  return (
    <Stack gap="lg" maw={1100}>
      <ChooseTrials trials={first.trials} {...{ chosen, without }} onChange={setChosen} />
      <section aria-label="What leaves the lab">
        <Group gap="sm" mb="xs">
          <Title order={2} size="h4">
            What leaves the lab
          </Title>
          <Button size="xs" variant="default" loading={busy} disabled={isRead} onClick={look}>
            Show with the chosen trials
          </Button>
        </Group>
        {refusal && <Refusal title="Not shown" reason={refusal.reason} />}
        <Text size="sm" c="dimmed" mb="xs">
          {isRead
            ? 'The complete trials.json, byte for byte. The ZIP also has manifest.json: the name below, an ID of this lab, the number of the report, the time, and the SHA-256 of trials.json.'
            : 'The choice has changed. Show what leaves, and read it, before you make the file.'}
        </Text>
        {isRead && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard
          <section className={classes.file} aria-label="trials.json" tabIndex={0}>
            {read.text}
          </section>
        )}
      </section>
      <MakeFile
        {...{ environment, filter, labName, isRead }}
        chosen={chosen}
        digest={read.digest}
        all={every.length}
      />
    </Stack>
  )
}

type MakeProps = Selection & {
  chosen: readonly string[]
  digest: string
  isRead: boolean
  all: number
  labName: string
}

function MakeFile({ environment, filter, chosen, digest, isRead, all, labName }: MakeProps) {
  const [made, setMade] = useState<{ id: string; name: string }>()
  const form = useForm({ defaultValues: { title: '', labName } })
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(
    form,
    (input: { title: string; labName: string }) =>
      makeLabReportAction({ environment, filter, chosen: [...chosen], digest, ...input }),
    { fields: ['title', 'labName'], onDone: setMade },
  )
  const mayNot =
    chosen.length === 0
      ? 'Choose at least one trial'
      : isRead
        ? undefined
        : 'Show what leaves the lab first'
  return (
    <Card title="The file">
      <ReadyForm onSubmit={submit} aria-label="Make a report for other labs">
        <Stack gap="sm" maw={560}>
          <TextInput
            label="Name of this lab"
            description={`Other labs see it. At most ${maxLabName} characters.`}
            required
            autoComplete="off"
            error={errors.labName?.message}
            {...form.register('labName')}
          />
          <TextInput
            label="For whom or what"
            description={`Stays in the lab. At most ${maxReportTitle} characters.`}
            required
            autoComplete="off"
            error={errors.title?.message}
            {...form.register('title')}
          />
          {refusal && <Refusal title="Not made" reason={refusal.reason} />}
          <Group>
            <Button type="submit" loading={busy} disabled={mayNot !== undefined} title={mayNot}>
              Make the file
            </Button>
            <Text size="sm" c="dimmed">
              {chosen.length} of {all} trials chosen
            </Text>
          </Group>
          {made && (
            <Text size="sm" role="status">
              {made.name} is made and kept.{' '}
              <Anchor href={paths.frozenFile(made.id)} size="sm">
                Download {made.name} as ZIP
              </Anchor>
            </Text>
          )}
        </Stack>
      </ReadyForm>
    </Card>
  )
}
