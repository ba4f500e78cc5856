/**
 * How every file of this program is written: lines end with CRLF (RFC 4180 §2.1), and a cell with a line break of any
 * kind is quoted. csv-stringify quotes only its own record delimiter unless it is told.
 */
export const csvForm = { record_delimiter: 'windows', quote_record_delimiter: true } as const
