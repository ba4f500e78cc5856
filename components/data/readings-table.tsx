import { Table, TableTbody, TableTd, TableTh, TableTr } from '@mantine/core'
import type { Platform } from '@/lib/domain/device/device'
import {
  type DeviceState,
  isNotApplicable,
  type MaxAges,
  type ReadingField,
  readingFieldNames,
  readingFields,
} from '@/lib/domain/reading/reading'
import { TextLink } from './links'
import { ReadingValue } from './reading-value'

type Props = {
  state: DeviceState
  platform: Platform
  maxAges: MaxAges
  now: Date
  /** The address of a field's history. */
  historyOf: (field: ReadingField) => string
}

/** Everything a device's state is made of, each reading with its age and source. */
export function ReadingsTable({ state, platform, maxAges, now, historyOf }: Props) {
  return (
    <Table aria-label="Readings" layout="fixed">
      <TableTbody>
        {readingFieldNames.map((field) => (
          <TableTr key={field}>
            <TableTh scope="row" fw={500} w="38%" style={{ verticalAlign: 'top' }}>
              <Label
                field={field}
                read={state[field] !== undefined}
                href={historyOf(field)}
                na={isNotApplicable(field, platform)}
              />
            </TableTh>
            <TableTd style={{ overflowWrap: 'anywhere' }}>
              <ReadingValue
                field={field}
                state={state}
                platform={platform}
                maxAges={maxAges}
                now={now}
              />
            </TableTd>
          </TableTr>
        ))}
      </TableTbody>
    </Table>
  )
}

type LabelProps = { field: ReadingField; read: boolean; href: string; na: boolean }

/** Leads to the history, where there is one. */
function Label({ field, read, href, na }: LabelProps) {
  const { label } = readingFields[field]
  if (!read || na) return label
  return (
    <TextLink href={href} size="sm">
      {label}
    </TextLink>
  )
}
