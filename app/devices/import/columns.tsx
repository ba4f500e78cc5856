'use client'

import {
  Accordion,
  AccordionControl,
  AccordionItem,
  AccordionPanel,
  Button,
  Select,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
} from '@mantine/core'
import { UserText } from '@/components/data/text'
import type { ImportPreview } from '@/lib/core/devices/import/import-devices'
import { importColumns } from '@/lib/domain/import/columns'
import { leaveOut } from '@/lib/domain/import/questions'
import type { ColumnReport } from '@/lib/domain/import/read-file'
import { folded } from '@/lib/domain/import/words'

type Props = { preview: ImportPreview; onMap: (change: Record<string, string>) => void }

const meaningsOf = (custom: ImportPreview['customColumns']) => [
  { value: leaveOut, label: 'Leave out' },
  ...[...importColumns, ...custom].map(({ key, label }) => ({ value: key, label })),
]

/** What each column of the file is read as. A correction is kept for files with the same headers. */
export function Columns({ preview, onMap }: Props) {
  const { columns, remembered } = preview
  const taken = columns.filter(({ key }) => key !== undefined)
  const others = columns.filter(({ header, key }) => key === undefined && header.trim() !== '')
  const hints = others.filter(({ suggestion }) => suggestion)
  return (
    <section aria-label="Columns">
      {hints.map((column) => (
        <Hint key={column.header} column={column} onMap={onMap} />
      ))}
      <Accordion
        variant="contained"
        defaultValue={taken.length === 0 ? 'columns' : null}
        key={taken.length === 0 ? 'none' : 'some'}
      >
        <AccordionItem value="columns">
          <AccordionControl>
            <Text span size="sm">
              {counted(taken.length, 'column')} read, {others.length} left out
              {remembered && '; as chosen for these headers at an earlier import'}
            </Text>
          </AccordionControl>
          <AccordionPanel>
            <Meanings
              columns={[...taken, ...others]}
              meanings={meaningsOf(preview.customColumns)}
              onMap={onMap}
            />
          </AccordionPanel>
        </AccordionItem>
      </Accordion>
    </section>
  )
}

const counted = (n: number, noun: string) => (n === 1 ? `One ${noun}` : `${n} ${noun}s`)

type ColumnProps = { column: ColumnReport; onMap: Props['onMap'] }

const Hint = ({ column: { header, suggestion }, onMap }: ColumnProps) =>
  suggestion && (
    <Text size="sm" mb="xs">
      “<UserText>{header}</UserText>” is left out. Did you mean {suggestion.label}?{' '}
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => onMap({ [folded(header)]: suggestion.key })}
      >
        Read it as {suggestion.label}
      </Button>
    </Text>
  )

type MeaningsProps = {
  columns: ColumnReport[]
  meanings: ReturnType<typeof meaningsOf>
  onMap: Props['onMap']
}

const Meanings = ({ columns, meanings, onMap }: MeaningsProps) => (
  <>
    <Text size="sm" c="dimmed" mb="xs">
      What you choose here is kept at the import, for the next file with the same headers.
    </Text>
    <Table>
      <TableThead>
        <TableTr>
          <TableTh>Header in the file</TableTh>
          <TableTh>Read as</TableTh>
        </TableTr>
      </TableThead>
      <TableBody columns={columns} meanings={meanings} onMap={onMap} />
    </Table>
  </>
)

const TableBody = ({ columns, meanings, onMap }: MeaningsProps) => (
  <TableTbody>
    {columns.map(({ header, key, insteadOf }, at) => (
      <TableTr key={`${header} ${at}`}>
        <TableTd style={{ overflowWrap: 'anywhere' }}>
          <UserText>{header}</UserText>
          {insteadOf !== undefined && (
            <Text size="xs" c="dimmed">
              “<UserText>{insteadOf}</UserText>” is read instead
            </Text>
          )}
        </TableTd>
        <TableTd>
          <Select
            aria-label={`Read ${header} as`}
            data={meanings}
            value={key ?? leaveOut}
            onChange={(value) => value && onMap({ [folded(header)]: value })}
            searchable
            allowDeselect={false}
            size="xs"
            title={meanings.find(({ value }) => value === key)?.label ?? 'Leave out'}
          />
        </TableTd>
      </TableTr>
    ))}
  </TableTbody>
)
