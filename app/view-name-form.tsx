'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { useFormAction } from '@/components/forms/use-form-action'
import type { Refusal as Refused } from '@/lib/core/shared/result'
import { type NamedInput, namedSchema } from './view-schema'

type Props = {
  title: string
  verb: string
  initial: NamedInput
  /** Why this person shares no view. */
  mayNotShare: string | undefined
  act: (named: NamedInput) => Promise<{ status: string } | Refused>
  onDone: () => void
  onClose: () => void
  children?: ReactNode
}

/** Asks for the name of a view, and whether the lab sees it. What is typed stays if it is refused. */
export function NameForm(props: Props) {
  const { title, verb, initial, mayNotShare, act, onDone, onClose, children } = props
  const form = useForm<NamedInput>({
    resolver: zodResolver(namedSchema),
    defaultValues: initial,
  })
  const { busy, refusal, submit } = useFormAction(form, act, { fields: ['name'], onDone })
  return (
    <Modal opened onClose={busy ? () => undefined : onClose} title={title} centered>
      <form onSubmit={submit} aria-label={title}>
        <Stack gap="sm">
          {children}
          <TextInput
            label="Name"
            autoComplete="off"
            data-autofocus
            withAsterisk
            error={form.formState.errors.name?.message}
            {...form.register('name')}
          />
          <Checkbox
            label="Share with the lab"
            description={mayNotShare ?? 'Everybody sees it and can open it; you alone change it.'}
            disabled={mayNotShare !== undefined && !initial.shared}
            {...form.register('shared')}
          />
          {refusal && (
            <Refusal
              title={`Not ${verb === 'Save' ? 'saved' : 'changed'}`}
              reason={refusal.reason}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={busy}>
              Back
            </Button>
            <Button type="submit" loading={busy}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
