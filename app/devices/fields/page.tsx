import { Button } from '@mantine/core'
import { IconForms } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import {
  asField,
  countFieldValues,
  type FieldRow,
  listFieldRows,
} from '@/lib/db/queries/devices/custom-fields'
import { refusalFor } from '@/lib/domain/account/permissions'
import { acceptedValue, customFieldTypeWords } from '@/lib/domain/device/custom-field'
import { paths } from '@/lib/paths'
import { RetireField } from './retire'

export const metadata: Metadata = { title: 'Custom fields' }

const labels = ['Name', 'Type', 'Accepted', 'Rules', 'Devices', 'Last changed', 'Action']

/** What this lab keeps of its devices besides what every lab does. */
export default async function CustomFieldsPage() {
  const { actor, db } = await authorize('look')
  const [rows, counts] = await Promise.all([
    listFieldRows(db, { withRetired: true }),
    countFieldValues(db),
  ])
  const mayNot = refusalFor(actor, 'defineFields')
  return (
    <>
      <PageHeader
        title="Custom fields"
        description="What this lab keeps of its devices besides what every lab does. They are on the page of each device, in the filters and columns of the list, and in the file of the devices."
        action={
          mayNot ? (
            <Button disabled title={mayNot}>
              Define a field
            </Button>
          ) : (
            <ButtonLink href={paths.customFieldEdit()}>Define a field</ButtonLink>
          )
        }
      />
      {rows.length === 0 ? (
        <EmptyState title="No custom fields yet" icon={IconForms}>
          A lead or an admin defines them: a text, a number with its unit, a date, yes or no, or a
          choice.
        </EmptyState>
      ) : (
        <table className={classes.table}>
          <TableHead labels={labels} />
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} devices={counts.get(row.id) ?? 0} mayNot={mayNot} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

type RowProps = { row: FieldRow; devices: number; mayNot: string | undefined }

function Row({ row, devices, mayNot }: RowProps) {
  const { id, name, type, help, required, inStartingState, retiredAt } = row
  const rules = [required && 'required', inStartingState && 'part of the starting state']
  return (
    <tr>
      <td data-label="Name">
        <div>
          {mayNot || retiredAt ? (
            <UserText>{name}</UserText>
          ) : (
            <TextLink href={paths.customFieldEdit({ field: id })} size="sm">
              <UserText>{name}</UserText>
            </TextLink>
          )}
          {help && (
            <div className={classes.dim}>
              <UserText>{help}</UserText>
            </div>
          )}
        </div>
      </td>
      <td data-label="Type">{customFieldTypeWords[type]}</td>
      <td data-label="Accepted">
        <UserText>{acceptedValue(asField(row))}</UserText>
      </td>
      <td data-label="Rules">{rules.filter(Boolean).join(', ') || 'none'}</td>
      <td data-label="Devices">{devices}</td>
      <td data-label="Last changed">
        <div>
          <When at={row.changedAt} /> by <UserText>{row.changedByName}</UserText>
          {retiredAt && (
            <div className={classes.dim}>
              Retired: <UserText>{row.retirementReason}</UserText>
            </div>
          )}
        </div>
      </td>
      <td data-label="Action">
        <RetireField fieldId={id} name={name} retired={retiredAt !== null} reason={mayNot} />
      </td>
    </tr>
  )
}
