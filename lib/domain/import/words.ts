import { withFormula } from '../text/typed-text'

/** A header or a name without case, blanks and punctuation, by which two of them are compared. */
export const folded = (header: string) => header.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

/** A cell without spreadsheet escapes: Excel's ="007" is 007, and the apostrophe before a formula is removed. */
export function cellText(cell: string): string {
  const formula = /^\s*="([^"]*)"\s*$/.exec(cell)
  if (formula) return formula[1] ?? ''
  return withFormula(cell)
}

const unknown = new Set([
  ...['n/a', '#n/a', 'na', 'not available', 'not applicable', 'not reported', 'unavailable'],
  ...[
    'unknown',
    'not known',
    'null',
    '(null)',
    '<null>',
    '[null]',
    '\\n',
    'none',
    '(none)',
    'nan',
    'n.a.',
    'k. a.',
    'no data',
    'not collected',
    // Excel's #N/A in other languages.
    '#nv',
    '#n/d',
    '#n/b',
    '#value!',
    '#ref!',
    '#name?',
    '---',
    'nil',
    'undefined',
    '—',
    '–',
    '-',
    '--',
    '?',
    '-1',
    '-1.0',
  ],
])

/** Whether the text is one that exports use for "unknown". */
export const isUnknown = (text: string): boolean => unknown.has(text.trim().toLowerCase())

// Excel writes its booleans in the language of the machine.
const yes = new Set([
  ...[
    'yes',
    'y',
    'true',
    't',
    '1',
    'on',
    'ja',
    'wahr',
    'oui',
    'vrai',
    'si',
    'sí',
    'verdadero',
    'vero',
  ],
  ...['sim', 'verdadeiro', 'waar', 'sann', 'sant', '✓', '✔', '☑'],
  ...['sand', 'tosi', 'prawda', 'pravda', 'igaz', 'doğru', 'истина', 'はい', '是'],
  // As pandas writes a boolean in a column that also has unknown values.
  '1.0',
])
const no = new Set([
  ...[
    'no',
    'n',
    'false',
    'f',
    '0',
    'off',
    'nein',
    'falsch',
    'non',
    'faux',
    'falso',
    'não',
    'nao',
    'nee',
  ],
  ...['onwaar', 'nej', 'falskt', '✗', '✘', '☐'],
  ...['usann', 'falsk', 'epätosi', 'fałsz', 'nepravda', 'hamis', 'yanliş', 'yanlış', 'ложь'],
  ...['いいえ', '否', '0.0'],
])

/** A yes or no as exports write it. The column's own name is a yes ("Supervised"), with "not" or "un" a no. */
export function yesNoOf(text: string, label: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (yes.has(word)) return true
  if (no.has(word)) return false
  const own = label.toLowerCase()
  if (word === own) return true
  return word === `not ${own}` || word === `un${own}` ? false : undefined
}
