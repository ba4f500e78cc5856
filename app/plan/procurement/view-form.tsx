'use client'

import { Group, NativeSelect, TextInput } from '@mantine/core'
import type { Environment } from '@/lib/domain/device/device'
import { passcodeStates, passcodeWords } from '@/lib/domain/device/passcode'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { slotMechanisms } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import { fieldsOf, MechanismChoice, PlanForm, PlatformChoice, PrimaryChoice } from '../form-parts'

type Props = {
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  problems: FilterProblem[]
  environment: Environment
}

/** Which questions are to be answered, and by how many trials each. */
export function ProcurementForm({ given, problems, environment }: Props) {
  const field = fieldsOf(given, problems)
  return (
    <PlanForm
      action={paths.planProcurement()}
      label="Filters"
      given={given}
      environment={environment}
      clear={{ href: paths.planProcurement({ environment }), label: 'Clear filters' }}
    >
      <Group gap="xs" mb="sm" align="flex-start">
        <PlatformChoice value={given.platform} />
        <MechanismChoice value={given.mechanism} of={[...slotMechanisms]} />
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
        <PrimaryChoice value={given.primary} />
        <TextInput
          label="Trials wanted of each question"
          inputMode="numeric"
          placeholder="usually 3"
          {...field('wanted')}
        />
      </Group>
    </PlanForm>
  )
}
