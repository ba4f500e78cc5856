'use client'

import { Card, Group, Select, Text, TextInput, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { platforms } from '@/lib/domain/device/device'
import type { FileChoices, FileQuestion } from '@/lib/domain/import/questions'
import { capacityUnits } from '@/lib/domain/import/units'

type Props = {
  questions: readonly FileQuestion[]
  choices: FileChoices
  onChoose: (change: Partial<FileChoices>) => void
}

type Choice = keyof FileChoices
type Option = { value: string; label: string }

const labels: Record<Choice, string> = {
  platform: 'Platform of those devices',
  readAt: 'The readings were taken at',
  timeZone: 'Time zone of the file',
  dayOrder: 'Order of day and month',
  batteryUnit: 'Unit of the battery',
  freeUnit: 'Unit of the free disk',
  totalUnit: 'Unit of the total disk',
}

const plain = (values: readonly string[]): Option[] =>
  values.map((value) => ({ value, label: value }))
const units = plain(capacityUnits).map((option) =>
  option.value === 'byte' ? { ...option, label: 'bytes' } : option,
)

const options: Record<Exclude<Choice, 'readAt'>, () => Option[]> = {
  platform: () => plain(platforms),
  timeZone: () => plain(zones()),
  dayOrder: () => [
    { value: 'dayFirst', label: 'day first: 31/12/2026' },
    { value: 'monthFirst', label: 'month first: 12/31/2026' },
  ],
  batteryUnit: () => [
    { value: 'percent', label: 'percentages: 1 is 1 %' },
    { value: 'fraction', label: 'fractions: 1 is full' },
  ],
  freeUnit: () => units,
  totalUnit: () => units,
}

/** UTC and the zone of this browser first. */
function zones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])]
}

/** What a file leaves open, each asked once for all of its rows. */
export function Questions({ questions, choices, onChoose }: Props) {
  if (questions.length === 0) return null
  return (
    <Card withBorder component="section" aria-label="What the file leaves open">
      <Title order={2} size="h4" mb="xs">
        What the file leaves open
      </Title>
      <Group align="flex-start" gap="md">
        {questions.map((question) => (
          <Question
            key={question.choice}
            question={question}
            choices={choices}
            onChoose={onChoose}
          />
        ))}
      </Group>
    </Card>
  )
}

type QuestionProps = Omit<Props, 'questions'> & { question: FileQuestion }

function Question({ question, choices, onChoose }: QuestionProps) {
  const { choice, header, reason } = question
  const label = labels[choice]
  const description = (
    <Text span size="xs">
      {header && (
        <>
          “<UserText>{header}</UserText>”:{' '}
        </>
      )}
      {reason}
    </Text>
  )
  const width = { base: '100%', sm: 320 }
  if (choice === 'readAt')
    return (
      <TextInput
        type="datetime-local"
        label={label}
        description={description}
        w={width}
        defaultValue={choices.readAt ? localText(choices.readAt) : ''}
        // Not at each key: a date that is half typed is none.
        onBlur={({ currentTarget: { value } }) => {
          const readAt = value === '' ? undefined : new Date(value)
          if (readAt?.getTime() !== choices.readAt?.getTime()) onChoose({ readAt })
        }}
      />
    )
  return (
    <Select
      label={label}
      description={description}
      placeholder="not chosen"
      w={width}
      searchable={choice === 'timeZone'}
      limit={50}
      data={options[choice]()}
      value={choices[choice] ?? null}
      onChange={(value) => onChoose({ [choice]: value ?? undefined })}
      clearable
    />
  )
}

/** A moment as the field shows it, on the clock of this browser. */
function localText(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
