import type { ExportColumn } from './column'
import {
  columnWords,
  itemGroupOid,
  itemOid,
  type StudyFile,
  type StudyValue,
  type StudyWriter,
  studyMark,
  studyName,
  studyOid,
} from './study'

// CDISC ODM-XML 1.3.2 (https://www.cdisc.org/standards/data-exchange/odm/odm-v1-3-2). The subject is a trial: each trial
// uses up a starting state of its device, and has one row (docs/export.md).

/** What XML 1.0 cannot hold, not even as a reference, or discourages (https://www.w3.org/TR/xml/#charsets). */
const unwritable = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu

const codePoint = (sign: string) =>
  `\\u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const references: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader turns these into spaces where they stand by themselves in an attribute.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"\t\n\r]/g, (sign) => references[sign] ?? sign)

/** Text of the program's own, which has nothing that XML cannot hold. */
const words = (text: string): string =>
  `<TranslatedText xml:lang="en">${escaped(text)}</TranslatedText>`

const noteList = 'CL.NOTE'
const notes = {
  EMPTY: 'No value: the description of the item says what that means',
  NOT_APPLICABLE: 'Does not apply to this trial',
  ESCAPED:
    'XML cannot hold a character of this text: it is written as \\u and four hexadecimal digits, and a backslash as two',
} as const

const annotation = (note: keyof typeof notes): string =>
  `<Annotation SeqNum="1"><Flag><FlagValue CodeListOID="${noteList}">${note}</FlagValue></Flag></Annotation>`

const unitOid = (unit: string): string => `MU.${unit.replaceAll(/[^A-Za-z0-9]+/g, '_')}`
const unitRef = (unit: string): string =>
  unit ? `<MeasurementUnitRef MeasurementUnitOID="${unitOid(unit)}"/>` : ''

function itemData(file: StudyFile, column: ExportColumn, value: StudyValue | undefined): string {
  const start = `<ItemData ItemOID="${itemOid(file, column)}"`
  if (!value || 'missing' in value) {
    const note = value?.missing === 'notApplicable' ? 'NOT_APPLICABLE' : 'EMPTY'
    return `${start} IsNull="Yes">${annotation(note)}</ItemData>`
  }
  const { text } = value
  if (text.search(unwritable) < 0) {
    const unit = unitRef(column.unit)
    const known = `${start} Value="${escaped(text)}"`
    return unit ? `${known}>${unit}</ItemData>` : `${known}/>`
  }
  const safe = text.replaceAll('\\', '\\\\').replaceAll(unwritable, codePoint)
  return `${start} Value="${escaped(safe)}">${annotation('ESCAPED')}</ItemData>`
}

const dataTypes: Record<ExportColumn['type'], string> = {
  text: 'text',
  code: 'text',
  base64: 'text',
  integer: 'integer',
  number: 'double',
  boolean: 'boolean',
  time: 'datetime',
}

/** The standard asks for a length of texts and integers: the most that PostgreSQL holds. */
const lengths: Partial<Record<string, number>> = { text: 1_073_741_823, integer: 19 }

function itemDef(file: StudyFile, column: ExportColumn): string {
  const dataType = dataTypes[column.type]
  const length = lengths[dataType]
  const list = column.codes ? `<CodeListRef CodeListOID="CL.${column.name}"/>` : ''
  return `<ItemDef OID="${itemOid(file, column)}" Name="${column.name}" DataType="${dataType}"${length ? ` Length="${length}"` : ''}><Description>${words(columnWords(column))}</Description>${unitRef(column.unit)}${list}</ItemDef>`
}

function codeList(oid: string, name: string, codes: Readonly<Record<string, string>>): string {
  const items = Object.entries(codes).map(
    ([code, meaning]) =>
      `<CodeListItem CodedValue="${escaped(code)}"><Decode>${words(meaning)}</Decode></CodeListItem>`,
  )
  return `<CodeList OID="${oid}" Name="${name}" DataType="text">${items.join('')}</CodeList>`
}

function itemRef(file: StudyFile, column: ExportColumn, at: number): string {
  const key = at === 0 ? ' KeySequence="1"' : ''
  const mandatory = column.missing.startsWith('Never empty') ? 'Yes' : 'No'
  return `<ItemRef ItemOID="${itemOid(file, column)}" OrderNumber="${at + 1}" Mandatory="${mandatory}"${key}/>`
}

function study(file: StudyFile): string[] {
  const { columns, metaDataVersion } = file
  const units = [...new Set(columns.map(({ unit }) => unit).filter(Boolean))]
  const description =
    file.environment === 'simulated' ? studyMark : 'Trials of OS updates of managed devices'
  return [
    `<Study OID="${studyOid(file)}">`,
    `<GlobalVariables><StudyName>${studyName(file)}</StudyName><StudyDescription>${description}</StudyDescription><ProtocolName>The protocol of each trial is its item protocol</ProtocolName></GlobalVariables>`,
    `<BasicDefinitions>${units.map((unit) => `<MeasurementUnit OID="${unitOid(unit)}" Name="${escaped(unit)}"><Symbol>${words(unit)}</Symbol></MeasurementUnit>`).join('')}</BasicDefinitions>`,
    `<MetaDataVersion OID="${metaDataVersion}" Name="Columns of the export of trials">`,
    '<Protocol><StudyEventRef StudyEventOID="SE.TRIAL" OrderNumber="1" Mandatory="Yes"/></Protocol>',
    '<StudyEventDef OID="SE.TRIAL" Name="Trial" Repeating="No" Type="Scheduled"><FormRef FormOID="FO.TRIAL" OrderNumber="1" Mandatory="Yes"/></StudyEventDef>',
    `<FormDef OID="FO.TRIAL" Name="Trial" Repeating="No"><ItemGroupRef ItemGroupOID="${itemGroupOid(file)}" OrderNumber="1" Mandatory="Yes"/></FormDef>`,
    `<ItemGroupDef OID="${itemGroupOid(file)}" Name="${file.kind}" Repeating="No" IsReferenceData="No">`,
    ...columns.map((column, at) => itemRef(file, column, at)),
    '</ItemGroupDef>',
    ...columns.map((column) => itemDef(file, column)),
    ...columns.flatMap(({ name, codes }) => (codes ? [codeList(`CL.${name}`, name, codes)] : [])),
    codeList(noteList, 'Notes on a value', notes),
    '</MetaDataVersion>',
    '</Study>',
  ]
}

/** One row per trial as ODM-XML. */
export const odm: StudyWriter = {
  head(file) {
    const { fileId, madeAt, program, metaDataVersion } = file
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="${fileId}" CreationDateTime="${madeAt.toISOString()}" SourceSystem="Oneway" SourceSystemVersion="${program}" Description="${studyName(file)}">`,
      ...study(file),
      `<ClinicalData StudyOID="${studyOid(file)}" MetaDataVersionOID="${metaDataVersion}">`,
      '',
    ].join('\n')
  },
  row(file, values) {
    const [key] = values
    const subject = key && 'text' in key ? key.text : ''
    const items = file.columns.map((column, at) => itemData(file, column, values[at]))
    return `<SubjectData SubjectKey="${escaped(subject)}"><StudyEventData StudyEventOID="SE.TRIAL"><FormData FormOID="FO.TRIAL"><ItemGroupData ItemGroupOID="${itemGroupOid(file)}">\n${items.join('\n')}\n</ItemGroupData></FormData></StudyEventData></SubjectData>\n`
  },
  tail: '</ClinicalData>\n</ODM>\n',
}
