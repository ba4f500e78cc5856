import { stringify } from 'csv-stringify/sync'
import { exportColumns, exportKinds } from '@/lib/domain/export-columns'

/** The data dictionary of all exports as CSV. It tells of columns, never of rows, so it belongs to both worlds. */
export function exportDictionary({ bom }: { bom: boolean }): string {
  const rows = exportKinds.flatMap((kind) =>
    exportColumns[kind].map((column, index) => ({
      file: kind,
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
