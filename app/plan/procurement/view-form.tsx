'use client'

import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import Form from 'next/form'
import { TextLink } from '@/components/data/links'
import { type Environment, platforms } from '@/lib/domain/device/device'
import { passcodeStates, passcodeWords } from '@/lib/domain/device/passcode'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { paths } from '@/lib/paths'

type Props = {
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  problems: FilterProblem[]
  environment: Environment
}

/** Which questions are to be answered, and by how many trials each. */
export function ProcurementForm({ given, problems, environment }: Props) {
  const errorOf = (field: string) => {
    const problem = problems.find((one) => one.field === field)
    return problem && `Accepted: ${problem.accepted}.`
  }
  const field = (name: string) => ({
    name,
    maxLength: 40,
    defaultValue: given[name] ?? '',
    error: errorOf(name),
  })
  return (
    <Form action={paths.planProcurement()} key={JSON.stringify(given)} aria-label="Filters">
      <input type="hidden" name="environment" value={environment} />
      <Group gap="xs" mb="sm" align="flex-start">
        <NativeSelect
          label="Platform"
          name="platform"
          defaultValue={given.platform ?? ''}
          data={[{ value: '', label: 'All platforms' }, ...platforms]}
        />
        <NativeSelect
          label="Passcode"
          name="passcode"
          defaultValue={given.passcode ?? ''}
          data={[
            { value: '', label: 'With and without' },
            ...passcodeStates
              .filter((value) => value !== 'unknown')
              .map((value) => ({ value, label: passcodeWords[value] })),
          ]}
        />
        <TextInput label="Start version" placeholder="such as 12 or 11.2" {...field('start')} />
        <TextInput label="Target" placeholder="such as 12 or 11.2" {...field('target')} />
        <NativeSelect
          label="Trials that are about"
          name="primary"
          defaultValue={given.primary ?? 'installed'}
          data={[
            { value: 'installed', label: 'the install' },
            { value: 'downloaded', label: 'the download alone' },
          ]}
        />
        <TextInput
          label="Trials wanted of each question"
          inputMode="numeric"
          placeholder="usually 3"
          {...field('wanted')}
        />
      </Group>
      <Group gap="sm" mb="md">
        <Button type="submit" size="xs">
          Apply
        </Button>
        <TextLink href={paths.planProcurement({ environment })} size="sm">
          Clear filters
        </TextLink>
      </Group>
    </Form>
  )
}
