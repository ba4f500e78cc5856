'use client'

import { Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { UserText } from '@/components/data/text'
import type { PreviewedRow } from '@/lib/core/devices/import/import-devices'
import type { BadRow } from '@/lib/core/devices/import/import-types'
import { exactTime } from '@/lib/domain/text/instant'
import classes from './preview-rows.module.css'

export type ShownRow = PreviewedRow | (BadRow & { kind: 'bad' })

/** Any number of rows: only the visible ones are rendered. */
export function PreviewRows({ rows }: { rows: ShownRow[] }) {
  const frame = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => 56,
    overscan: 10,
  })
  if (rows.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section ref={frame} className={classes.frame} aria-label="Rows" tabIndex={0}>
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index]
          return (
            row && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={classes.row}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row row={row} />
              </li>
            )
          )
        })}
      </ul>
    </section>
  )
}

function Row({ row }: { row: ShownRow }) {
  return (
    <>
      <Text size="sm" fw={600}>
        Row {row.row}
        {row.name && (
          <>
            {': '}
            <UserText>{row.name}</UserText>
          </>
        )}
        {row.kind !== 'bad' && row.matchedBy && (
          <Text span size="xs" c="dimmed" fw={400}>
            {' '}
            found by its {row.matchedBy}
          </Text>
        )}
      </Text>
      {row.kind === 'bad' ? <Problems row={row} /> : <Changes row={row} />}
    </>
  )
}

const Problems = ({ row }: { row: BadRow }) => (
  <ul className={classes.list}>
    {row.problems.map(({ column, text, reason, accepted }) => (
      <li key={`${column} ${reason}`}>
        <b>{column}</b>
        {text && (
          <>
            {' '}
            <code className={classes.cell}>
              <UserText>{text}</UserText>
            </code>
          </>
        )}
        : {reason} <span className={classes.dim}>Accepted: {accepted}.</span>
      </li>
    ))}
  </ul>
)

function Changes({ row: { kind, changes, notes, readings, readAt } }: { row: PreviewedRow }) {
  const lines = changes.map(({ label, from, to }) => (
    <li key={label}>
      <b>{label}</b>:{' '}
      {(kind !== 'new' || from !== '') && (
        <>
          <UserText>{from || 'empty'}</UserText> →{' '}
        </>
      )}
      <UserText>{to || 'empty'}</UserText>
    </li>
  ))
  return (
    <ul className={classes.list}>
      {kind === 'same' && <li className={classes.dim}>Nothing would change</li>}
      {lines}
      {readings > 0 && (
        <li className={classes.dim}>
          {readAt
            ? `${counted(readings)} of ${exactTime(readAt)}`
            : `${counted(readings)} of unknown age, which counts as stale`}
        </li>
      )}
      {notes.map((note) => (
        <li key={note} className={classes.dim}>
          {note}
        </li>
      ))}
    </ul>
  )
}

const counted = (n: number) => (n === 1 ? 'One reading' : `${n} readings`)
