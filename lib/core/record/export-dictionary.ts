import { stringify } from 'csv-stringify/sync'
import { auditColumns, exportColumns } from '@/lib/domain/export/columns'

/** The data dictionary of all exports as CSV. It tells of columns, never of rows, so it belongs to both environments. */
export function exportDictionary({ bom }: { bom: boolean }): string {
  const rows = Object.entries({ ...exportColumns, audit: auditColumns }).flatMap(
    ([file, columns]) =>
      columns.map((column, index) => ({
        file,
        position: index + 1,
        column: column.name,
        type: column.type,
        unit: column.unit,
        meaning: column.meaning,
        missing: column.missing,
      })),
  )
  return stringify(rows, { header: true, bom, record_delimiter: 'windows' })
}
