'use client'

import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { CopyText } from '@/components/data/copy-text'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type { SavedView } from '@/lib/db/queries/saved-views'
import { paramsOf, savedPageLabels } from '@/lib/domain/saved-view'
import { shownText } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'
import { changeViewAction, deleteViewAction } from '../view-actions'
import { NameForm } from '../view-name-form'

type Props = {
  views: SavedView[]
  /** Whether the views are the person's own. */
  own: boolean
  mayDelete: boolean
  mayNotShare: string | undefined
}

/** What is saved, with its link, and what its owner can do with it. */
export function ViewTable({ views, own, ...rest }: Props) {
  return (
    <table className={classes.table}>
      <TableHead
        labels={['Name', 'Page', 'Filters', own ? 'Shared' : 'Saved by', 'Changed', 'Actions']}
      />
      <tbody>
        {views.map((view) => (
          <Row key={view.id} view={view} own={own} {...rest} />
        ))}
      </tbody>
    </table>
  )
}

type RowProps = Omit<Props, 'views'> & { view: SavedView }

function Row({ view, own, mayDelete, mayNotShare }: RowProps) {
  const [asking, setAsking] = useState<'name' | 'deletion'>()
  // The address at which the browser reached the lab, which the server may not know.
  const origin = useReady() ? globalThis.location.origin : ''
  const filters = Object.entries(paramsOf(view.query))
  return (
    <tr>
      <td data-label="Name">
        <div>
          <TextLink href={paths.views({ open: view.id })}>
            <UserText>{view.name}</UserText>
          </TextLink>{' '}
          <CopyText
            label={`Copy the link of ${shownText(view.name)}`}
            text={`${origin}${paths.views({ open: view.id })}`}
          />
        </div>
      </td>
      <td data-label="Page">{savedPageLabels[view.page]}</td>
      <td data-label="Filters">
        <UserText>
          {filters.map(([name, value]) => `${name}: ${value}`).join('; ') || 'none'}
        </UserText>
      </td>
      <td data-label={own ? 'Shared' : 'Saved by'}>
        {own ? view.shared ? 'with the lab' : 'no' : <UserText>{view.ownerName}</UserText>}
      </td>
      <td data-label="Changed">
        <When at={view.changedAt} />
      </td>
      <td data-label="Actions">
        <div>
          <Group gap="xs">
            {own && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Rename or share ${shownText(view.name)}`}
                onClick={() => setAsking('name')}
              >
                Rename or share
              </Button>
            )}
            {(own || mayDelete) && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Delete ${shownText(view.name)}`}
                onClick={() => setAsking('deletion')}
              >
                Delete
              </Button>
            )}
          </Group>
          {asking === 'name' && (
            <NameForm
              title="Rename or share"
              verb="Change"
              initial={{ name: view.name, shared: view.shared }}
              mayNotShare={mayNotShare}
              act={(named) => changeViewAction({ ...named, viewId: view.id })}
              onDone={() => setAsking(undefined)}
              onClose={() => setAsking(undefined)}
            />
          )}
          {asking === 'deletion' && <Deletion view={view} onClose={() => setAsking(undefined)} />}
        </div>
      </td>
    </tr>
  )
}

function Deletion({ view, onClose }: { view: SavedView; onClose: () => void }) {
  const { busy, refusal, run } = useAction()
  return (
    <ConfirmModal
      title="Delete this view"
      verb="Delete"
      color="red"
      busy={busy}
      onConfirm={() => run(() => deleteViewAction({ viewId: view.id }), onClose)}
      onClose={onClose}
    >
      <Text size="sm">
        The name “<UserText>{view.name}</UserText>” and its link end
        {view.shared ? ', for everybody' : ''}. No trial changes.
      </Text>
      {refusal && <Refusal title="Not deleted" reason={refusal.reason} />}
    </ConfirmModal>
  )
}
