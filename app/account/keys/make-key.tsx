'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { Card } from '@/components/data/card'
import { ShownOnce } from '@/components/data/copy-text'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { keyDays, keyScopes, scopeWords } from '@/lib/domain/account/api-key'
import { makeKeyAction } from './actions'
import { type MakeKeyInput, makeKeySchema } from './schema'

const empty: MakeKeyInput = { name: '', scopes: ['read'], days: keyDays.unlessTold }

export function MakeKey() {
  const [refusal, setRefusal] = useState<string>()
  const [made, setMade] = useState<string>()
  const form = useForm<MakeKeyInput>({
    resolver: zodResolver(makeKeySchema),
    defaultValues: empty,
  })
  const { register } = form
  const { errors, isSubmitting } = form.formState

  const onSubmit = form.handleSubmit(async (input) => {
    const result = await makeKeyAction(input)
    if (result.status === 'refused') return setRefusal(result.because)
    setRefusal(undefined)
    setMade(result.key)
    form.reset(empty)
  })

  return (
    <Card title="Make a key">
      <ReadyForm onSubmit={onSubmit}>
        <Stack gap="sm" maw={560}>
          {refusal && <Refusal title="Not made" because={refusal} />}
          <TextInput
            label="Name"
            description="What it is for; recorded with everything the key reads"
            autoComplete="off"
            error={errors.name?.message}
            {...register('name')}
          />
          <Controller
            control={form.control}
            name="scopes"
            render={({ field }) => (
              <Checkbox.Group
                label="For"
                error={errors.scopes?.message}
                value={field.value}
                onChange={field.onChange}
              >
                <Stack gap="xs" mt={4}>
                  {keyScopes.map((scope) => (
                    <Checkbox key={scope} value={scope} label={scopeWords[scope]} />
                  ))}
                </Stack>
              </Checkbox.Group>
            )}
          />
          <TextInput
            label="Valid for, in days"
            type="number"
            w={180}
            min={keyDays.least}
            max={keyDays.most}
            error={errors.days?.message}
            {...register('days', { valueAsNumber: true })}
          />
          <Group>
            <Button type="submit" loading={isSubmitting}>
              Make the key
            </Button>
          </Group>
          {made && (
            <ShownOnce secret={made} copyLabel="Copy the key">
              Store the key with the program's secrets; it cannot be shown again.
            </ShownOnce>
          )}
        </Stack>
      </ReadyForm>
    </Card>
  )
}
