import {
  Alert,
  Group,
  List,
  ListItem,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import { IconForms } from '@tabler/icons-react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { FieldValueRow } from '@/lib/db/queries/devices/custom-fields'
import { type CustomField, valueInWords } from '@/lib/domain/device/custom-field'
import { EnterFields } from './enter-fields'

type Props = {
  /** Those in use, and retired ones of which the device had a value. */
  fields: readonly CustomField[]
  /** Every value it ever had, the newest first. */
  history: readonly FieldValueRow[]
  /** What a person may do now; undefined in a history. */
  current: { deviceId: string; mayNot: string | undefined } | undefined
}

/** The lab's own fields of a device: what each says, since when and from whom, and what it said before. */
export function CustomFields({ fields, history, current }: Props) {
  const byField = Map.groupBy(history, ({ fieldId }) => fieldId)
  const shown = fields.filter(({ id, retired }) => !retired || byField.has(id))
  if (shown.length === 0) return null
  const newestOf = ({ id }: CustomField) => byField.get(id)?.[0]
  const missing = shown.filter(
    (field) => field.required && !field.retired && newestOf(field)?.value == null,
  )
  return (
    <section aria-label="Custom fields">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Custom fields
        </Title>
        {current && (
          <EnterFields
            deviceId={current.deviceId}
            reason={current.mayNot}
            fields={shown
              .filter(({ retired }) => !retired)
              .map((field) => ({
                ...field,
                text: newestOf(field)?.value ?? '',
                seenId: newestOf(field)?.id ?? null,
              }))}
          />
        )}
      </Group>
      {missing.length > 0 && (
        <Alert
          color="orange"
          variant="outline"
          mb="xs"
          icon={<IconForms aria-hidden />}
          title="Required and not given"
        >
          <UserText>{missing.map(({ name }) => name).join(', ')}</UserText>. No trial can be drafted
          on this device without {missing.length === 1 ? 'it' : 'them'}.
        </Alert>
      )}
      <Table layout="fixed" aria-label="Values of the custom fields">
        <TableTbody>
          {shown.map((field) => (
            <Row key={field.id} field={field} rows={byField.get(field.id) ?? []} />
          ))}
        </TableTbody>
      </Table>
    </section>
  )
}

function Row({ field, rows }: { field: CustomField; rows: readonly FieldValueRow[] }) {
  const [newest, ...earlier] = rows
  return (
    <TableTr>
      <TableTh scope="row" fw={500} w="38%" style={{ verticalAlign: 'top' }}>
        <UserText>{field.name}</UserText>
        {field.retired && (
          <Text size="xs" c="dimmed">
            retired field
          </Text>
        )}
      </TableTh>
      <TableTd style={{ overflowWrap: 'anywhere' }}>
        <Value field={field} row={newest} />
        {earlier.length > 0 && (
          <details>
            <summary style={{ fontSize: 'var(--mantine-font-size-xs)', lineHeight: '24px' }}>
              {earlier.length === 1 ? 'One earlier value' : `${earlier.length} earlier values`}
            </summary>
            <List size="sm" listStyleType="none">
              {earlier.map((row) => (
                <ListItem key={row.id}>
                  <Value field={field} row={row} />
                </ListItem>
              ))}
            </List>
          </details>
        )}
      </TableTd>
    </TableTr>
  )
}

const Value = ({ field, row }: { field: CustomField; row: FieldValueRow | undefined }) => (
  <>
    {row?.value == null ? (
      <Text span c="dimmed" size="sm">
        not given
      </Text>
    ) : (
      <UserText>{valueInWords(field, row.value)}</UserText>
    )}
    {row && (
      <Text size="xs" c="dimmed" component="div">
        {row.value === null ? 'taken away' : row.source === 'imported' ? 'imported' : 'entered'}{' '}
        <When at={row.at} /> by <UserText>{row.byName}</UserText>
      </Text>
    )}
  </>
)
