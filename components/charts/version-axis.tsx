import type { OutcomeRow } from '@/lib/domain/statistics/statistics'

export const ink = 'var(--mantine-color-text)'
export const gridColour = 'var(--mantine-color-default-border)'

/** Pixels a starting version needs for its label; a narrow screen scrolls instead of crowding them. */
const minWidth = 58
const sides = 60

/** CSS pixels that so many versions need. */
export const widthOf = (versions: readonly unknown[]): number => versions.length * minWidth + sides

/** The most curves in one chart that can be told apart. */
export const maxCurves = 6
/** The most versions side by side in one chart; the widest frame has room for them. */
export const maxInARow = 12

/** A row of the table as a chart shows it: with its name for people. */
export type ChartRow = OutcomeRow & { label: string }

/** What the charts draw of a row, whatever is counted in it. */
export type RateRow = Pick<ChartRow, 'row' | 'label' | 'n' | 'rate' | 'interval' | 'exact'>

/** A line under the axis has room for so many letters of 12 px where the places are narrowest. */
const minLetters = 9
const letterWidth = 7.5
const maxLines = 3

/** The name in the lines of its place; one of more than three lines is cut, and the table has all of it. */
export function labelLines(label: string, letters = minLetters): string[] {
  if (label.length <= letters) return [label]
  const lines: string[] = []
  for (const word of label.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < letters)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(...piecesOf(word, letters))
  }
  return lines
    .slice(0, maxLines)
    .map((line, index) =>
      index === maxLines - 1 && lines.length > maxLines ? `${line.slice(0, letters - 1)}…` : line,
    )
}

/** A long word in pieces that fit: models differ in their last letters, so none may be cut off. */
function piecesOf(word: string, letters: number): string[] {
  const pieces: string[] = []
  let rest = word
  while (rest.length > letters) {
    // Where it reads best: before a capital or a number, behind a comma.
    const breaks = [...rest.matchAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=[,.;/])/g)]
    const at = breaks.map(({ index }) => index).findLast((index) => index > 0 && index <= letters)
    pieces.push(rest.slice(0, at ?? letters))
    rest = rest.slice(at ?? letters)
  }
  return [...pieces, rest]
}

/** The versions in rows of about the same length, none longer than `maxInARow`. */
export function rowsOf<T>(versions: readonly T[]): T[][] {
  const rows = Math.ceil(versions.length / maxInARow)
  const length = Math.ceil(versions.length / rows)
  return Array.from({ length: rows }, (_, row) => versions.slice(row * length, (row + 1) * length))
}

type TickProps = {
  x?: number | string
  y?: number | string
  /** Of the whole axis, in CSS pixels. */
  width?: number | string
  payload?: { value: number }
}

/** The x axis both charts share: one place per row, its n under it. */
export const versionAxis = (versions: readonly RateRow[]) => ({
  type: 'number' as const,
  dataKey: 'x',
  domain: [-0.5, versions.length - 0.5],
  ticks: versions.map((_, index) => index),
  interval: 0 as const,
  height: 30 + 14 * Math.max(1, ...versions.map(({ label }) => labelLines(label).length)),
  stroke: gridColour,
  tick: ({ x = 0, y = 0, width = 0, payload }: TickProps) => {
    const letters = Math.floor(Number(width) / versions.length / letterWidth)
    const version = versions[payload?.value ?? -1]
    return (
      <text x={x} y={y} textAnchor="middle" fill={ink} fontSize={12}>
        {labelLines(version?.label ?? '', Math.max(minLetters, letters)).map((line, index) => (
          <tspan key={line} x={x} dy={index === 0 ? 12 : 14} fontWeight={600}>
            {line}
          </tspan>
        ))}
        <tspan x={x} dy={15}>
          {version ? `n = ${version.n}` : ''}
        </tspan>
      </text>
    )
  },
})

export const countAxis = (label: string) => ({
  type: 'number' as const,
  tick: { fill: ink, fontSize: 12 },
  stroke: gridColour,
  width: 52,
  label: { value: label, angle: -90, position: 'insideLeft' as const, fill: ink, fontSize: 12 },
})

/** Whole numbers from 0 to at least `top`, evenly spaced, at most seven of them. */
export function wholeTicks(top: number): number[] {
  const step = Math.max(1, Math.ceil(top / 6))
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, index) => index * step)
}
