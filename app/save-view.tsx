'use client'

import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBookmark } from '@tabler/icons-react'
import { useState } from 'react'
import { TextLink } from '@/components/data/links'
import { useReady } from '@/components/forms/ready-form'
import type { SavedPage } from '@/lib/domain/saved-view'
import { type Params, paths } from '@/lib/paths'
import { saveViewAction } from './view-actions'
import { NameForm } from './view-name-form'

type Props = {
  page: SavedPage
  /** The filters of the page, as its address has them. */
  filters: Params
  /** Why this person shares no view. */
  mayNotShare: string | undefined
}

/** Saves what the page shows now under a name, and leads to what was saved. */
export function SaveView({ page, filters, mayNotShare }: Props) {
  const [asking, setAsking] = useState(false)
  const ready = useReady()
  const set = Object.entries(filters).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  )
  return (
    <Group gap="sm" mb="xs" data-screen-only>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconBookmark size={14} aria-hidden />}
        disabled={!ready}
        onClick={() => setAsking(true)}
      >
        Save this view
      </Button>
      <TextLink href={paths.views()} size="sm">
        Saved views
      </TextLink>
      {asking && (
        <NameForm
          title="Save this view"
          verb="Save"
          initial={{ name: '', shared: false }}
          mayNotShare={mayNotShare}
          act={(named) => saveViewAction({ ...named, page, filters: Object.fromEntries(set) })}
          onDone={() => {
            setAsking(false)
            notifications.show({ title: 'Saved', message: 'It is among the saved views.' })
          }}
          onClose={() => setAsking(false)}
        >
          <Text size="sm">
            The filters of this page get a name and a link. The trials are counted anew whenever it
            is opened.
          </Text>
        </NameForm>
      )}
    </Group>
  )
}
