import { Anchor, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import table from '@/components/data/data-table.module.css'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import {
  type Block,
  type Line,
  type Piece,
  piecesOf,
  type Section,
  textOf,
} from '@/lib/domain/report/blocks'
import classes from './report.module.css'

type Props = {
  section: Section
  /** The title of the report, where a page has several. */
  within?: string
}

export const ReportSection = ({ section, within }: Props) => (
  <section
    aria-label={within ? `${within}: ${section.title}` : section.title}
    className={classes.section}
  >
    <Title order={2} size="h4" mb={4}>
      {section.title}
    </Title>
    {withKeys(section.blocks).map(([key, block]) => (
      <OneBlock key={key} block={block} title={section.title} />
    ))}
  </section>
)

function OneBlock({ block, title }: { block: Block; title: string }) {
  if (block.kind === 'table') return <OneTable block={block} title={title} />
  if (block.kind === 'facts') return <Facts rows={block.rows} />
  if (block.kind === 'list')
    return (
      <ul className={classes.list}>
        {withKeys(block.items).map(([key, line]) => (
          <li key={key}>
            <LineText line={line} />
          </li>
        ))}
      </ul>
    )
  return (
    <Text size="sm" {...(block.muted && { c: 'dimmed' })} mb={4}>
      <LineText line={block.line} />
    </Text>
  )
}

const Facts = ({ rows }: { rows: readonly { label: string; line: Line }[] }) => (
  <dl className={classes.facts}>
    {rows.map(({ label, line }) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>
          <LineText line={line} />
        </dd>
      </div>
    ))}
  </dl>
)

type TableBlock = Extract<Block, { kind: 'table' }>

function OneTable({ block: { columns, rows }, title }: { block: TableBlock; title: string }) {
  return (
    <table className={`${table.table} ${classes.table}`} aria-label={title}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.title} style={{ width: `${column.share}%` }} />
        ))}
      </colgroup>
      <TableHead labels={columns.map((column) => column.title)} />
      <tbody>
        {withKeys(rows).map(([key, cells]) => (
          <tr key={key}>
            {columns.map((column, at) => (
              <td key={column.title} data-label={column.title}>
                <Cell lines={cells[at] ?? []} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Cell = ({ lines }: { lines: readonly Line[] }): ReactNode =>
  withKeys(lines).map(([key, line]) => (
    <div key={key}>
      <LineText line={line} />
    </div>
  ))

/** A line of a report, for what stands between its sections. */
export const LineText = ({ line }: { line: Line }): ReactNode =>
  withKeys(piecesOf(line)).map(([key, piece]) => <OnePiece key={key} piece={piece} />)

function OnePiece({ piece }: { piece: Piece }) {
  const text = <UserText>{textOf(piece)}</UserText>
  if (typeof piece === 'string') return text
  if (piece.href)
    return (
      <Anchor
        href={piece.href}
        target="_blank"
        rel="noreferrer"
        inherit
        // A target for a finger of its own (WCAG 2.5.8, 24 by 24 px).
        style={{ display: 'inline-block', minHeight: 24 }}
      >
        {text}
      </Anchor>
    )
  if (piece.code) return <code>{text}</code>
  return piece.strong ? <b>{text}</b> : text
}

/** The lines of a report have no names and never change their order. */
const withKeys = <T,>(items: readonly T[]): [string, T][] =>
  items.map((item, at) => [String(at), item])
