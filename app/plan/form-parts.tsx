'use client'

import { Button, Group, NativeSelect } from '@mantine/core'
import Form from 'next/form'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { type Environment, platforms } from '@/lib/domain/device/device'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { type Mechanism, mechanismWords } from '@/lib/domain/trial/mechanism'
import { primaryOutcomeInfo, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'

type Props = {
  /** The page that the form asks for. */
  action: string
  label: string
  /** As written in the address, so that a value that was refused stays in its field. */
  given: Record<string, string>
  environment: Environment
  clear: { href: string; label: string }
  children: ReactNode
}

/** A form whose fields are part of the address, so that a plan can be sent to somebody. */
export const PlanForm = ({ action, label, given, environment, clear, children }: Props) => (
  <Form action={action} key={JSON.stringify(given)} aria-label={label}>
    <input type="hidden" name="environment" value={environment} />
    {children}
    <Group gap="sm" mb="md">
      <Button type="submit" size="xs">
        Apply
      </Button>
      <TextLink href={clear.href} size="sm">
        {clear.label}
      </TextLink>
    </Group>
  </Form>
)

/** What a text field of the form takes, with the accepted form if its value was refused. */
export const fieldsOf =
  (given: Record<string, string>, problems: readonly FilterProblem[]) =>
  (name: string, maxLength = 40) => {
    const problem = problems.find((one) => one.field === name)
    return {
      name,
      maxLength,
      defaultValue: given[name] ?? '',
      error: problem && `Accepted: ${problem.accepted}.`,
    }
  }

export const PlatformChoice = ({ value }: { value: string | undefined }) => (
  <NativeSelect
    label="Platform"
    name="platform"
    defaultValue={value ?? ''}
    data={[{ value: '', label: 'All platforms' }, ...platforms]}
  />
)

export const MechanismChoice = ({ value, of }: { value: string | undefined; of: Mechanism[] }) => (
  <NativeSelect
    label="Mechanism"
    name="mechanism"
    defaultValue={value ?? ''}
    data={[
      { value: '', label: 'Either mechanism' },
      ...of.map((one) => ({ value: one, label: mechanismWords[one] })),
    ]}
  />
)

export const PrimaryChoice = ({ value }: { value: string | undefined }) => (
  <NativeSelect
    label="Primary outcome"
    name="primary"
    defaultValue={value ?? 'installed'}
    data={primaryOutcomes.map((one) => ({ value: one, label: primaryOutcomeInfo[one].label }))}
  />
)
