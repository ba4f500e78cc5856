'use client'

import { Alert, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { ImportPreview } from '@/lib/services/import-devices'
import { PreviewRows, type ShownRow } from './preview-rows'

// Yellow words are not readable on white; the frame keeps the colour.
const readableTitle = { title: { color: 'var(--mantine-color-text)' } }

type Shown = ShownRow['kind']
const words: Record<Shown, string> = {
  bad: 'Bad',
  changed: 'Changed',
  new: 'New',
  same: 'Unchanged',
}
// What needs a person first.
const order: Shown[] = ['bad', 'changed', 'new', 'same']

type Props = { preview: ImportPreview; pending: boolean; onApply: () => void }

/** What a file would do, row by row, and the one button that does it. */
export function Preview({ preview, pending, onApply }: Props) {
  const { good, bad, unknownColumns } = preview
  const rows: Record<Shown, ShownRow[]> = {
    bad: bad.map((row) => ({ ...row, kind: 'bad' })),
    changed: good.filter(({ kind }) => kind === 'changed'),
    new: good.filter(({ kind }) => kind === 'new'),
    same: good.filter(({ kind }) => kind === 'same'),
  }
  const [wanted, setWanted] = useState<Shown>()
  const shown = wanted ?? order.find((kind) => rows[kind].length > 0) ?? 'bad'
  const doing = rows.changed.length + rows.new.length
  return (
    <Stack gap="sm" component="section" aria-label="Preview">
      <Title order={2} size="h4">
        What it would do
      </Title>
      {unknownColumns.length > 0 && (
        <Alert
          color="yellow"
          variant="outline"
          title="Columns nobody knows are left out"
          styles={readableTitle}
        >
          {unknownColumns.map((header) => `“${header}”`).join(', ')}
        </Alert>
      )}
      <Group justify="space-between">
        <SegmentedControl
          value={shown}
          onChange={(value) => setWanted(order.find((kind) => kind === value))}
          data={order.map((kind) => ({
            value: kind,
            label: `${words[kind]} ${rows[kind].length}`,
            disabled: rows[kind].length === 0,
          }))}
          aria-label="Which rows"
        />
        <Button onClick={onApply} loading={pending} disabled={doing === 0}>
          {doing === 0 ? 'Nothing to import' : `Import ${counted(doing)}`}
        </Button>
      </Group>
      {rows.bad.length > 0 && (
        <Text size="sm">
          {rows.bad.length === 1 ? 'One row is' : `${rows.bad.length} rows are`} bad and would be
          left out whole. Mend the file and look again, or import the good ones.
        </Text>
      )}
      <PreviewRows key={shown} rows={rows[shown]} />
    </Stack>
  )
}

const counted = (n: number) => (n === 1 ? 'one good row' : `${n} good rows`)
