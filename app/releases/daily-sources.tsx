'use client'

import { Button, Checkbox, CheckboxGroup, Group, Stack } from '@mantine/core'
import { unstable_rethrow } from 'next/navigation'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { type FeedSource, feedSources, fetchedSources } from '@/lib/domain/catalogue/feed-source'
import { chooseDailySourcesAction } from './actions'

type Props = { chosen: readonly FeedSource[]; reason: string | undefined }

/** Which sources the worker reads once a day; none until a lead chooses one. */
export function DailySources({ chosen, reason }: Props) {
  const ready = useReady()
  const [wanted, setWanted] = useState<readonly string[]>(chosen)
  const [no, setNo] = useState<string>()
  const [saved, setSaved] = useState(false)
  const [pending, start] = useTransition()
  const save = () =>
    start(async () => {
      setNo(undefined)
      const sources = fetchedSources.filter((one) => wanted.includes(one))
      const result = await chooseDailySourcesAction({ sources }).catch((error: unknown) => {
        // Next sends people to sign-in by throwing.
        unstable_rethrow(error)
        const reason = 'No answer came from the server. Load the page again to see what is chosen.'
        return { status: 'refused' as const, reason }
      })
      if (result.status === 'refused') setNo(result.reason)
      else setSaved(true)
    })
  return (
    <Stack gap="xs" mt="md" align="flex-start">
      <CheckboxGroup
        label="Read once a day over the network"
        description="Off unless chosen. TLS is verified; what fails or is refused leaves the copy in use."
        value={[...wanted]}
        onChange={(value) => {
          setSaved(false)
          setWanted(value)
        }}
      >
        <Group mt="xs" gap="md">
          {fetchedSources.map((source) => (
            <Checkbox
              key={source}
              value={source}
              label={feedSources[source].label}
              disabled={reason !== undefined}
            />
          ))}
        </Group>
      </CheckboxGroup>
      <Group gap="sm">
        <Button
          size="xs"
          variant="default"
          onClick={save}
          loading={pending}
          disabled={!ready || reason !== undefined}
          title={reason}
        >
          Save
        </Button>
        <span role="status">{saved ? 'Saved.' : ''}</span>
      </Group>
      {no && <Refusal title="Not saved" reason={no} />}
    </Stack>
  )
}
