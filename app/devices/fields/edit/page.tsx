import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { type FieldRow, findFieldRow, hasValues } from '@/lib/db/queries/devices/custom-fields'
import { refusalFor } from '@/lib/domain/account/permissions'
import { emptyField, type TypedField } from '../../field-schema'
import { FieldEditor } from './editor'

export const metadata: Metadata = { title: 'Custom field' }

type Props = { searchParams: Promise<{ field?: string | string[] | undefined }> }

/** Defines a custom field, or changes one in use. */
export default async function EditFieldPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const [asked] = [(await searchParams).field].flat()
  const field =
    asked && z.uuid().safeParse(asked).success ? await findFieldRow(db, asked) : undefined
  if (asked && (!field || field.retiredAt)) notFound()
  return (
    <>
      <PageHeader
        title={field ? `Change “${field.name}”` : 'Define a field'}
        description="The type is fixed once a device has a value of the field. A field that is not needed any more is retired, never deleted."
      />
      <FieldEditor
        initial={field ? typedOf(field) : emptyField}
        existing={field && { fieldId: field.id, seenChangedAt: field.changedAt.toISOString() }}
        typeIsFixed={field ? await hasValues(db, field.id) : false}
        reason={refusalFor(actor, 'defineFields')}
      />
    </>
  )
}

const typedOf = (field: FieldRow): TypedField => {
  const { name, type, unit, options, help, required, inStartingState } = field
  return { name, type, unit, options: options.join('\n'), help, required, inStartingState }
}
