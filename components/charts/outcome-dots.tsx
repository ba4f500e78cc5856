'use client'

import { useRouter } from 'next/navigation'
import { CartesianGrid, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts'
import type { Environment } from '@/lib/domain/device/device'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { type Seen, seenInfo, seenStates } from '@/lib/domain/statistics/counted'
import { paths } from '@/lib/paths'
import { ChartFrame } from './chart-frame'
import classes from './charts.module.css'
import { OutcomeMark, SeenMark } from './outcome-sign'
import {
  countAxis,
  gridColour,
  type RateRow,
  rowsOf,
  versionAxis,
  wholeTicks,
  widthOf,
} from './version-axis'

type Dot = {
  id: string
  number: number
  row: string
  device: string
  /** Its outcome, or whether it shows what is counted. */
  mark: { outcome: Outcome; overruled: boolean } | { seen: Seen }
}

type Props = { dots: Dot[]; versions: RateRow[]; environment: Environment }
type Placed = Dot & { x: number; y: number }

/** Each dot one trial, piled up over its row's value in the order of the legend. */
function place(dots: Dot[], versions: RateRow[]): Placed[] {
  const heights = new Map<string, number>()
  const order = ({ mark }: Dot) =>
    'seen' in mark ? seenStates.indexOf(mark.seen) : outcomes.indexOf(mark.outcome)
  const inRow = dots.filter((dot) => versions.some(({ row }) => row === dot.row))
  return inRow
    .toSorted((a, b) => order(a) - order(b))
    .map((dot) => {
      const y = (heights.get(dot.row) ?? 0) + 1
      heights.set(dot.row, y)
      return { ...dot, y, x: versions.findIndex(({ row }) => row === dot.row) }
    })
}

/** One dot per trial, shape and colour by outcome or by whether it shows what is counted. The table on the same page says the same in words. */
export function OutcomeDots({ dots, versions, environment }: Props) {
  const rows = rowsOf(versions)
  const placed = rows.map((row) => place(dots, row))
  // All rows to one scale.
  const top = Math.max(...placed.flat().map(({ y }) => y), 4)
  return rows.map((row, index) => (
    <DotRow
      key={row[0]?.row}
      versions={row}
      placed={placed[index] ?? []}
      top={top}
      environment={environment}
      label={`Each trial as a dot${rows.length > 1 ? `, part ${index + 1} of ${rows.length}` : ''}`}
    />
  ))
}

type RowProps = Omit<Props, 'dots'> & { placed: Placed[]; top: number; label: string }

function DotRow({ placed, versions, top, environment, label }: RowProps) {
  const router = useRouter()
  const ticks = wholeTicks(top)
  const drawDot = ({ cx = 0, cy = 0, payload }: DotProps) => (
    <g transform={`translate(${cx} ${cy})`} className={classes.dot}>
      {payload && <Mark mark={payload.mark} />}
    </g>
  )
  return (
    <ChartFrame
      minWidth={widthOf(versions)}
      environment={environment}
      height={Math.min(480, 110 + top * 22)}
      label={label}
    >
      <ScatterChart margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
        <CartesianGrid stroke={gridColour} vertical={false} />
        <XAxis {...versionAxis(versions)} />
        <YAxis
          {...countAxis('trials')}
          dataKey="y"
          domain={[0, (ticks.at(-1) ?? top) + 0.5]}
          ticks={ticks}
          allowDecimals={false}
        />
        <Tooltip content={({ payload }) => <DotTip dot={payload?.[0]?.payload} />} cursor={false} />
        <Scatter
          data={placed}
          shape={drawDot}
          isAnimationActive={false}
          onClick={(point: { payload?: Placed }) =>
            point.payload && router.push(paths.trial(point.payload.id))
          }
        />
      </ScatterChart>
    </ChartFrame>
  )
}

const Mark = ({ mark }: Pick<Dot, 'mark'>) =>
  'seen' in mark ? <SeenMark seen={mark.seen} /> : <OutcomeMark {...mark} />

type DotProps = { cx?: number; cy?: number; payload?: Placed }

function DotTip({ dot }: { dot: Placed | undefined }) {
  if (!dot) return null
  return (
    <div className={classes.tip}>
      T-{dot.number} · {dot.device}
      <br />
      {'seen' in dot.mark ? seenInfo[dot.mark.seen].label : outcomeInfo[dot.mark.outcome].label}
      {'seen' in dot.mark || (dot.mark.overruled && ' (overruled by a lead)')}
    </div>
  )
}
