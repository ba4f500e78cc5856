'use client'

import { Alert, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { ImportPreview } from '@/lib/core/devices/import/import-devices'
import { PreviewRows, type ShownRow } from './preview-rows'

type Shown = ShownRow['kind']
const words: Record<Shown, string> = {
  bad: 'Refused',
  changed: 'Changed',
  new: 'New',
  same: 'Unchanged',
}
// What needs a person first.
const order: Shown[] = ['bad', 'changed', 'new', 'same']

type Props = {
  preview: ImportPreview
  pending: boolean
  onApply: () => void
  onFetchBad: () => void
}

/** What a file would do, row by row, and the one button that does it. */
export function Preview({ preview, pending, onApply, onFetchBad }: Props) {
  const { good, bad, counts, notes } = preview
  const rows: Record<Shown, ShownRow[]> = {
    bad: bad.map((row) => ({ ...row, kind: 'bad' })),
    changed: good.filter(({ kind }) => kind === 'changed'),
    new: good.filter(({ kind }) => kind === 'new'),
    same: good.filter(({ kind }) => kind === 'same'),
  }
  const [wanted, setWanted] = useState<Shown>()
  const first = order.find((kind) => counts[kind] > 0) ?? 'bad'
  const shown = wanted && counts[wanted] > 0 ? wanted : first
  const doing = counts.changed + counts.new
  return (
    <Stack gap="sm" component="section" aria-label="Preview" aria-busy={pending}>
      <Title order={2} size="h4">
        What it would do
      </Title>
      {notes.length > 0 && (
        <Alert color="yellow" variant="outline" title="How the file was read">
          {notes.join(' ')}
        </Alert>
      )}
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          value={shown}
          onChange={(value) => setWanted(order.find((kind) => kind === value))}
          data={order.map((kind) => ({
            value: kind,
            label: `${words[kind]} ${counts[kind].toLocaleString('en')}`,
            disabled: counts[kind] === 0,
          }))}
          aria-label="Which rows"
        />
        <Button onClick={onApply} loading={pending} disabled={doing === 0}>
          {doing === 0 ? 'Nothing to import' : `Import ${counted(doing)}`}
        </Button>
      </Group>
      {counts.bad > 0 && (
        <Group gap="sm">
          <Text size="sm">
            {counts.bad === 1 ? 'One row is' : `${counts.bad.toLocaleString('en')} rows are`}{' '}
            refused and would be left out whole.
          </Text>
          <Button size="compact-sm" variant="default" onClick={onFetchBad} disabled={pending}>
            Download refused rows
          </Button>
        </Group>
      )}
      {rows[shown].length < counts[shown] && (
        <Text size="sm" c="dimmed">
          The first {rows[shown].length} of {counts[shown].toLocaleString('en')} are shown.
        </Text>
      )}
      <PreviewRows key={shown} rows={rows[shown]} />
    </Stack>
  )
}

const counted = (n: number) => (n === 1 ? 'one row' : `${n.toLocaleString('en')} rows`)
