/** A piece of a line; `href` makes it a link. */
export type Piece = string | { text: string; href?: string; strong?: true; code?: true }
export type Line = Piece | readonly Piece[]

/** The columns of a table with the share of the width that each takes. */
type Column = { title: string; share: number }

export type Block =
  | { kind: 'text'; line: Line; muted?: true }
  | { kind: 'facts'; rows: readonly { label: string; line: Line }[] }
  | { kind: 'list'; items: readonly Line[] }
  /** A cell has one line or several. */
  | { kind: 'table'; columns: readonly Column[]; rows: readonly (readonly Line[][])[] }

export type Section = { title: string; blocks: readonly Block[] }

/** The section of a trial's report below which its page shows the photos. */
export const timelineTitle = 'Timeline'

/** A report in words, for whatever writes it: a page, a PDF. All of them say the same. */
export type ReportDocument = {
  title: string
  subtitle: string
  /** At the head of every page; undefined for a real trial. */
  mark?: string | undefined
  standing: string
  sections: readonly Section[]
  /** At the foot of every page. */
  foot: string
  /** ISO 8601; the date of the file, so that the same report gives the same bytes. */
  at: string
}

export const piecesOf = (line: Line): readonly Piece[] =>
  typeof line === 'string' || 'text' in line ? [line] : line

export const textOf = (piece: Piece): string => (typeof piece === 'string' ? piece : piece.text)

const textsOfBlock = (block: Block): string[] => {
  const texts = (lines: readonly Line[]) => lines.flatMap((line) => piecesOf(line).map(textOf))
  if (block.kind === 'text') return texts([block.line])
  if (block.kind === 'facts')
    return block.rows.flatMap(({ label, line }) => [label, ...texts([line])])
  if (block.kind === 'list') return texts(block.items)
  return [...block.columns.map(({ title }) => title), ...texts(block.rows.flat(2))]
}

/** Every text of a document. */
export function textsOf({ title, subtitle, mark, standing, sections, foot }: ReportDocument) {
  const inSections = sections.flatMap((one) => [one.title, ...one.blocks.flatMap(textsOfBlock)])
  return [title, subtitle, ...(mark ? [mark] : []), standing, ...inSections, foot]
}
