import { createRequire } from 'node:module'
import path from 'node:path'
import * as fontkit from 'fontkit'
import { shownText } from '../domain/text/typed-text'

// DejaVu 2.37 (free licence, from the Bitstream Vera fonts): it has ≤ ≥ − ✓ → and ⟨ ⟩, which the standard fonts of PDF and
// pdfmake's own Roboto lack.
const folder = path.join(
  path.dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')),
  'ttf',
)

/** The files of the fonts, by the use that a report makes of them. */
export const fontFiles = {
  normal: path.join(folder, 'DejaVuSansCondensed.ttf'),
  bold: path.join(folder, 'DejaVuSansCondensed-Bold.ttf'),
  code: path.join(folder, 'DejaVuSansMono.ttf'),
} as const
export type FontUse = keyof typeof fontFiles

const coverage = new Map<FontUse, ReadonlySet<number>>()

/** The code points that a font has. */
export function pointsOf(use: FontUse): ReadonlySet<number> {
  const found = coverage.get(use)
  if (found) return found
  const font = fontkit.openSync(fontFiles[use])
  if (!('characterSet' in font)) throw new Error(`${fontFiles[use]} is a collection of fonts`)
  const points = new Set(font.characterSet)
  coverage.set(use, points)
  return points
}

/** Scripts that are set from left to right, one letter after the other; a PDF of pdfmake orders no others. */
const plainScript =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Common}\p{Script=Inherited}]/u

/** Whether a character can be written as it is. Beyond U+FFFF it could be torn apart where a long word is broken. */
function isSet(character: string, points: ReadonlySet<number>): boolean {
  const point = character.codePointAt(0) ?? 0
  if (character === '\n') return true
  return point <= 0xffff && points.has(point) && plainScript.test(character)
}

const named = (characters: string): string => `⟨${[...characters].map(pointName).join(' ')}⟩`
const pointName = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/**
 * A text as a PDF can show it. Characters that the font lacks or that are not set plainly stand as their code points,
 * as invisible ones do everywhere: ⟨U+65E5 U+672C⟩. Nothing is left out or replaced by a likeness.
 */
export function settable(text: string, use: FontUse): string {
  const points = pointsOf(use)
  const plain = shownText(text.replaceAll(/\r\n?/g, '\n')).replaceAll('\t', '    ')
  let [done, lacking] = ['', '']
  for (const character of plain) {
    if (isSet(character, points)) {
      done += lacking === '' ? character : named(lacking) + character
      lacking = ''
    } else lacking += character
  }
  return lacking === '' ? done : done + named(lacking)
}
