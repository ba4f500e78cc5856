'use client'

import { Group, NativeSelect, TextInput } from '@mantine/core'
import type { Environment } from '@/lib/domain/device/device'
import { passcodeStates, passcodeWords } from '@/lib/domain/device/passcode'
import type { PlanView } from '@/lib/domain/planning/plan-view'
import { scoreTerms, termWords, usualWeights } from '@/lib/domain/planning/score-terms'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { mechanisms } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import { fieldsOf, MechanismChoice, PlanForm, PlatformChoice, PrimaryChoice } from './form-parts'
import classes from './plan.module.css'

type Props = {
  view: PlanView
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  problems: FilterProblem[]
  environment: Environment
}

const isWeighted = (given: Record<string, string>) =>
  [...scoreTerms, 'questions'].some((name) => given[name])

/** Filters and weights. All of them are part of the address, so that a plan can be sent to somebody. */
export function ViewForm({ view, given, problems, environment }: Props) {
  const field = fieldsOf(given, problems)
  return (
    <PlanForm
      action={paths.plan()}
      label="Filters and weights"
      given={given}
      environment={environment}
      clear={{ href: paths.plan({ environment }), label: 'Clear filters, usual weights' }}
    >
      <Group gap="xs" mb="sm" align="flex-start">
        <PlatformChoice value={view.platform} />
        <MechanismChoice value={view.mechanism} of={[...mechanisms]} />
        <NativeSelect
          label="Passcode"
          name="passcode"
          defaultValue={view.passcode ?? ''}
          data={[
            { value: '', label: 'With and without' },
            ...passcodeStates.map((value) => ({ value, label: passcodeWords[value] })),
          ]}
        />
        <PrimaryChoice value={view.primary} />
        <TextInput label="Start version" placeholder="such as 12 or 11.2" {...field('start')} />
      </Group>
      <details className={classes.weights} open={isWeighted(given)}>
        <summary>Weights of the score, 0 to 100</summary>
        <Group gap="xs" align="flex-start">
          {scoreTerms.map((term) => (
            <TextInput
              key={term}
              label={termWords[term].label}
              description={termWords[term].hint}
              inputMode="decimal"
              placeholder={`usually ${usualWeights[term]}`}
              {...field(term)}
              w={190}
              inputWrapperOrder={['label', 'input', 'error', 'description']}
            />
          ))}
        </Group>
        <TextInput
          mt="xs"
          label="Questions that matter more or less"
          description="Start version > target : weight, with commas between them; * is any version, and 1 is usual"
          placeholder="such as 11.2.6>12.0:3, tvOS *>12.1:0.5"
          {...field('questions', 400)}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
        />
      </details>
    </PlanForm>
  )
}
