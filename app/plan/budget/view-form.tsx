'use client'

import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import Form from 'next/form'
import { TextLink } from '@/components/data/links'
import { type Environment, platforms } from '@/lib/domain/device/device'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { paths } from '@/lib/paths'

type Props = {
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  problems: FilterProblem[]
  environment: Environment
  /** The end that is assumed unless another is given. */
  endsOn: string
}

/** Filters and the one assumption. All of them are part of the address. */
export function BudgetForm({ given, problems, environment, endsOn }: Props) {
  const errorOf = (field: string) => {
    const problem = problems.find((one) => one.field === field)
    return problem && `Accepted: ${problem.accepted}.`
  }
  return (
    <Form action={paths.planBudget()} key={JSON.stringify(given)} aria-label="Filters">
      <input type="hidden" name="environment" value={environment} />
      <Group gap="xs" mb="sm" align="flex-start">
        <NativeSelect
          label="Platform"
          name="platform"
          defaultValue={given.platform ?? ''}
          data={[{ value: '', label: 'All platforms' }, ...platforms]}
        />
        <TextInput
          label="Version"
          name="start"
          placeholder="such as 12 or 11.2"
          maxLength={40}
          defaultValue={given.start ?? ''}
          error={errorOf('start')}
        />
        <TextInput
          label="No release expected after"
          description="An assumption: Apple names no day"
          name="ends"
          placeholder={endsOn}
          maxLength={40}
          defaultValue={given.ends ?? ''}
          error={errorOf('ends')}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
        />
      </Group>
      <Group gap="sm" mb="md">
        <Button type="submit" size="xs">
          Apply
        </Button>
        <TextLink href={paths.planBudget({ environment })} size="sm">
          Clear filters
        </TextLink>
      </Group>
    </Form>
  )
}
