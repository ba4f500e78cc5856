'use client'

import { Group, TextInput } from '@mantine/core'
import type { Environment } from '@/lib/domain/device/device'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { slotMechanisms } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import { fieldsOf, MechanismChoice, PlanForm, PlatformChoice } from '../form-parts'

type Props = {
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  problems: FilterProblem[]
  environment: Environment
  /** The end that is assumed unless another is given. */
  endsOn: string
}

/** Filters and the one assumption. */
export function BudgetForm({ given, problems, environment, endsOn }: Props) {
  const field = fieldsOf(given, problems)
  return (
    <PlanForm
      action={paths.planBudget()}
      label="Filters"
      given={given}
      environment={environment}
      clear={{ href: paths.planBudget({ environment }), label: 'Clear filters' }}
    >
      <Group gap="xs" mb="sm" align="flex-start">
        <PlatformChoice value={given.platform} />
        <MechanismChoice value={given.mechanism} of={[...slotMechanisms]} />
        <TextInput label="Version" placeholder="such as 12 or 11.2" {...field('start')} />
        <TextInput
          label="No release expected after"
          description="An assumption: Apple names no day"
          placeholder={endsOn}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          {...field('ends')}
        />
      </Group>
    </PlanForm>
  )
}
