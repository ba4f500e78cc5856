import { type Line, type Piece, piecesOf, textOf } from '../domain/report/blocks'
import { type FontUse, settable } from './fonts'

export const size = { body: 8, code: 6.5, section: 11, title: 16 }

export const headline = (title: string) => ({
  text: settable(title, 'bold'),
  fontSize: size.section,
  bold: true,
  margin: [0, 10, 0, 3] satisfies [number, number, number, number],
})

/** A line of several pieces; words that are longer than the width are broken anywhere. */
export const inLine = (line: Line, width: number) => ({
  text: piecesOf(line).flatMap((piece) => piecesContent(piece, width)),
})

function piecesContent(piece: Piece, width: number) {
  const { href, strong, code } = typeof piece === 'string' ? {} : piece
  const use: FontUse = code ? 'code' : strong ? 'bold' : 'normal'
  const style = {
    ...(strong && { bold: true }),
    ...(code && { font: 'Code', fontSize: size.code }),
    ...(href && { link: href, color: '#1c5f9e' }),
  }
  const maxLength = Math.floor(width / (code ? size.code * 0.61 : size.body * 0.58))
  return brokenWords(settable(textOf(piece), use), maxLength).map(({ text, long }) => ({
    ...{ text, ...style },
    ...(long && { wordBreak: 'break-all' as const }),
  }))
}

/** A text in its runs of words that fit and words that do not. */
function brokenWords(text: string, maxLength: number): { text: string; long: boolean }[] {
  const runs: { text: string; long: boolean }[] = []
  for (const word of text.split(/(?<=\s)/)) {
    const long = word.length > maxLength
    const last = runs.at(-1)
    if (last && last.long === long && !long) last.text += word
    else runs.push({ text: word, long })
  }
  return runs
}
