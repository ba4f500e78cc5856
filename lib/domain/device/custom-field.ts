import { folded, yesNoOf } from '../import/words'
import { readingFieldNames, readingFields } from '../reading/reading'
import { hiddenProblem, lineProblem, textProblem } from '../text/typed-text'
import { deviceDraftFields, deviceFieldLabels } from './device-draft'

/** What a value of a custom field is. The type never changes once a device has a value of it. */
export const customFieldTypes = ['text', 'number', 'date', 'yesNo', 'choice'] as const
export type CustomFieldType = (typeof customFieldTypes)[number]

export const customFieldTypeWords: Record<CustomFieldType, string> = {
  text: 'Text',
  number: 'Number',
  date: 'Date',
  yesNo: 'Yes or no',
  choice: 'Choice',
}

/** What a value must look like. Plain data, so that it can be sent to the thread that reads files. */
export type FieldForm = {
  id: string
  name: string
  type: CustomFieldType
  /** Of a number; empty if it has none. */
  unit: string
  /** Of a choice, in their order; empty for the other types. */
  options: readonly string[]
}

/** A property that this lab keeps of its devices, besides those that every lab has. */
export type CustomField = FieldForm & {
  required: boolean
  help: string
  /** Frozen into each trial at its release. */
  inStartingState: boolean
  /** Retired fields keep their values and take no new ones. */
  retired: boolean
}

/** A field as a lead writes it; the options stand on lines of their own. */
export type FieldDraft = Pick<
  CustomField,
  'name' | 'type' | 'unit' | 'help' | 'required' | 'inStartingState'
> & { options: string }

export const maxFieldName = 60
const maxUnit = 20
const maxHelp = 300
const maxOptions = 50
/** Fields in use: each is a column of the list and of the file. */
export const maxFields = 40
const maxText = 200

export type FieldProblem = { field: keyof FieldDraft; reason: string; accepted: string }

export const acceptedFieldForm: Record<'name' | 'unit' | 'options' | 'help', string> = {
  name: `1 to ${maxFieldName} visible characters on one line, such as Cable length`,
  unit: `at most ${maxUnit} characters on one line, such as cm`,
  options: `2 to ${maxOptions} different words or phrases of at most ${maxFieldName} characters, one on each line`,
  help: `at most ${maxHelp} characters`,
}

/** The options of a draft; lines without text do not count. */
export const optionsOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

const builtIn = new Set(
  [
    ...deviceDraftFields.map((field) => deviceFieldLabels[field]),
    ...readingFieldNames.map((field) => readingFields[field].label),
    'MDM server',
  ].map(folded),
)

/** Everything that is wrong with a definition, at most one problem for each of its fields. */
export function fieldDraftProblems(draft: FieldDraft): FieldProblem[] {
  const found: [FieldProblem['field'], string | undefined, string][] = [
    ['name', nameProblem(draft.name), acceptedFieldForm.name],
    ['unit', unitProblem(draft), acceptedFieldForm.unit],
    ['options', optionsProblem(draft), acceptedFieldForm.options],
    ['help', helpProblem(draft.help), acceptedFieldForm.help],
  ]
  return found.flatMap(([field, reason, accepted]) => (reason ? [{ field, reason, accepted }] : []))
}

function nameProblem(text: string): string | undefined {
  const name = text.trim()
  if (name === '') return 'Name is missing.'
  if (name.length > maxFieldName) return `This has ${name.length} characters.`
  const unseen = lineProblem(name) ?? hiddenProblem(name)
  if (unseen) return unseen
  if (folded(name) === '') return 'This has neither a letter nor a digit.'
  return builtIn.has(folded(name)) ? `Every device has “${name}” already.` : undefined
}

function unitProblem({ type, unit }: FieldDraft): string | undefined {
  const text = unit.trim()
  if (text === '') return undefined
  if (type !== 'number') return 'Only a number has a unit.'
  if (text.length > maxUnit) return `This has ${text.length} characters.`
  return lineProblem(text) ?? (/\d/.test(text) ? 'A unit has no digits.' : undefined)
}

function optionsProblem({ type, options: text }: FieldDraft): string | undefined {
  const options = optionsOf(text)
  if (type !== 'choice')
    return options.length > 0 ? 'Only a choice has options to choose from.' : undefined
  if (options.length < 2 || options.length > maxOptions)
    return options.length === 1 ? 'There is one option.' : `There are ${options.length} options.`
  const long = options.find((option) => option.length > maxFieldName)
  if (long) return `“${long.slice(0, 20)}…” has ${long.length} characters.`
  const bad = options.map((option) => lineProblem(option) ?? hiddenProblem(option)).find(Boolean)
  if (bad) return bad
  const lower = options.map((option) => option.toLowerCase())
  const twice = options.find((_, at) => lower.indexOf(lower[at] ?? '') !== at)
  return twice ? `“${twice}” is there twice, in any letter case.` : undefined
}

function helpProblem(help: string): string | undefined {
  if (help.length > maxHelp) return `This has ${help.length} characters.`
  return textProblem(help)
}

/** A typed value as it is kept: one text in one form, whatever the type. */
export type ReadValue =
  | { status: 'value'; value: string }
  | { status: 'none' }
  | { status: 'refused'; reason: string; accepted: string }

/** The accepted form of a value, for hints and refusals. */
export function acceptedValue({ type, unit, options }: Omit<FieldForm, 'id'>): string {
  switch (type) {
    case 'text':
      return `at most ${maxText} characters on one line`
    case 'number':
      return unit ? `a number of ${unit} such as 12.5` : 'a number such as 12.5'
    case 'date':
      return 'a date as year, month and day, such as 2026-03-02'
    case 'yesNo':
      return 'yes or no'
    case 'choice':
      return options.join(', ')
  }
}

/** Reads a typed or imported value; nothing typed is no value. What is kept reads as itself. */
export function readFieldValue(field: FieldForm, typed: string): ReadValue {
  const text = typed.trim()
  if (text === '') return { status: 'none' }
  const unkept = lineProblem(text)
  const value = unkept === undefined ? readers[field.type](text, field) : undefined
  if (value !== undefined) return { status: 'value', value }
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
  const reason =
    unkept ??
    (field.type === 'text'
      ? `This has ${text.length} characters.`
      : `“${shown}” cannot be read as ${field.name}.`)
  return { status: 'refused', reason, accepted: acceptedValue(field) }
}

const readers: Record<CustomFieldType, (text: string, field: FieldForm) => string | undefined> = {
  text: (text) => (text.length <= maxText ? text : undefined),
  number: (text, { unit }) => readNumber(text, unit),
  date: readDate,
  yesNo: (text, { name }) => {
    const said = yesNoOf(text, name)
    return said === undefined ? undefined : said ? 'yes' : 'no'
  },
  choice: (text, { options }) =>
    options.find((option) => option.toLowerCase() === text.toLowerCase()),
}

/** At most nine digits before the point and six after it, which a double keeps exactly. */
function readNumber(text: string, unit: string): string | undefined {
  const bare =
    unit !== '' && text.toLowerCase().endsWith(unit.toLowerCase())
      ? text.slice(0, -unit.length).trim()
      : text
  if (!/^-?\d{1,9}([.,]\d{1,6})?$/.test(bare)) return undefined
  const value = Number(bare.replace(',', '.'))
  return value === 0 ? '0' : String(value)
}

function readDate(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const day = new Date(`${text}T00:00:00Z`)
  // A day that does not exist becomes another one, or none.
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  return exists && text >= '1900-01-01' ? text : undefined
}

/** A kept value with its unit. */
export const valueInWords = ({ type, unit }: Pick<FieldForm, 'type' | 'unit'>, value: string) =>
  type === 'number' && unit !== '' ? `${value} ${unit}` : value

/** What a device lacks, as the middle of a sentence; undefined where it lacks nothing. */
export const missingInWords = (names: readonly string[] | undefined): string | undefined =>
  names === undefined || names.length === 0
    ? undefined
    : `the device has no value of ${names.map((name) => `“${name}”`).join(', ')}, which this lab requires: enter it on the page of the device first`

const headerPrefix = 'Custom: '

/** The header of a field's column in the file of the devices. The prefix keeps it apart from every other header. */
export const fieldHeader = ({ name }: Pick<FieldForm, 'name'>): string => `${headerPrefix}${name}`
