'use client'

import { Button, Fieldset, Group, NativeSelect, TextInput } from '@mantine/core'
import Form from 'next/form'
import { TextLink } from '@/components/data/links'
import { type Environment, platforms } from '@/lib/domain/device/device'
import { passcodeStates, passcodeWords } from '@/lib/domain/device/passcode'
import type { PlanView } from '@/lib/domain/planning/plan-view'
import { scoreTerms, termWords, usualWeights } from '@/lib/domain/planning/score-terms'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { paths } from '@/lib/paths'

type Props = {
  view: PlanView
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  problems: FilterProblem[]
  environment: Environment
}

/** Filters and weights. All of them are part of the address, so that a plan can be sent to somebody. */
export function ViewForm({ view, given, problems, environment }: Props) {
  const errorOf = (field: string) => {
    const problem = problems.find((one) => one.field === field)
    return problem && `Accepted: ${problem.accepted}.`
  }
  return (
    <Form action={paths.plan()} key={JSON.stringify(given)} aria-label="Filters and weights">
      <input type="hidden" name="environment" value={environment} />
      <Group gap="xs" mb="sm" align="flex-start">
        <NativeSelect
          label="Platform"
          name="platform"
          defaultValue={view.platform ?? ''}
          data={[{ value: '', label: 'All platforms' }, ...platforms]}
        />
        <NativeSelect
          label="Passcode"
          name="passcode"
          defaultValue={view.passcode ?? ''}
          data={[
            { value: '', label: 'With and without' },
            ...passcodeStates.map((value) => ({ value, label: passcodeWords[value] })),
          ]}
        />
        <NativeSelect
          label="Trials that are about"
          name="primary"
          defaultValue={view.primary ?? 'installed'}
          data={[
            { value: 'installed', label: 'the install' },
            { value: 'downloaded', label: 'the download alone' },
          ]}
        />
        <TextInput
          label="Start version"
          name="start"
          placeholder="such as 12 or 11.2"
          maxLength={40}
          defaultValue={given.start ?? ''}
          error={errorOf('start')}
        />
      </Group>
      <Fieldset legend="Weights of the score, 0 to 100" mb="sm">
        <Group gap="xs" align="flex-start">
          {scoreTerms.map((term) => (
            <TextInput
              key={term}
              label={termWords[term].label}
              description={termWords[term].hint}
              name={term}
              inputMode="decimal"
              placeholder={`usually ${usualWeights[term]}`}
              maxLength={40}
              defaultValue={given[term] ?? ''}
              error={errorOf(term)}
              w={190}
              inputWrapperOrder={['label', 'input', 'error', 'description']}
            />
          ))}
        </Group>
        <TextInput
          mt="xs"
          label="Questions that matter more or less"
          description="Start version > target : weight, with commas between them; * is any version, and 1 is usual"
          name="questions"
          placeholder="such as 11.2.6>12.0:3, tvOS *>12.1:0.5"
          maxLength={400}
          defaultValue={given.questions ?? ''}
          error={errorOf('questions')}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
        />
      </Fieldset>
      <Group gap="sm" mb="md">
        <Button type="submit" size="xs">
          Apply
        </Button>
        <TextLink href={paths.plan({ environment })} size="sm">
          Clear filters, usual weights
        </TextLink>
      </Group>
    </Form>
  )
}
