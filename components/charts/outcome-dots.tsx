'use client'

import { useRouter } from 'next/navigation'
import {
  CartesianGrid,
  ErrorBar,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { type Outcome, outcomeInfo } from '@/lib/domain/outcome'
import type { VersionOutcomes } from '@/lib/domain/statistics'
import { paths } from '@/lib/paths'
import { colourOf, shapeOf } from './outcome-looks'

export type Dot = { id: string; number: number; startOs: string; outcome: Outcome; device: string }

type Props = { dots: Dot[]; versions: VersionOutcomes[] }
type Placed = Dot & { x: number; y: number }

const ink = 'var(--mantine-color-text)'
const grid = 'var(--mantine-color-default-border)'

/** Each dot one trial, piled up over its starting version; those of one outcome lie together. */
function place(dots: Dot[], versions: VersionOutcomes[]): Placed[] {
  const heights = new Map<string, number>()
  const sorted = dots.toSorted((a, b) => a.outcome.localeCompare(b.outcome))
  return sorted.map((dot) => {
    const y = (heights.get(dot.startOs) ?? 0) + 1
    heights.set(dot.startOs, y)
    return { ...dot, y, x: versions.findIndex(({ startOs }) => startOs === dot.startOs) }
  })
}

const tickOf = (versions: VersionOutcomes[]) => (index: number) => {
  const version = versions[index]
  return version ? `${version.startOs} (n=${version.n})` : ''
}

const axis = (versions: VersionOutcomes[]) => ({
  type: 'number' as const,
  dataKey: 'x',
  domain: [-0.5, versions.length - 0.5],
  ticks: versions.map((_, index) => index),
  tickFormatter: tickOf(versions),
  interval: 0 as const,
  tick: { fill: ink, fontSize: 12 },
  stroke: grid,
})

/** One dot per trial, shape and colour by outcome. The table below says the same in words. */
export function OutcomeDots({ dots, versions }: Props) {
  const router = useRouter()
  const placed = place(dots, versions)
  const groups = Map.groupBy(placed, ({ outcome }) => outcome)
  const top = Math.max(...placed.map(({ y }) => y), 4)
  return (
    <ResponsiveContainer width="100%" height={Math.min(420, 120 + top * 22)}>
      <ScatterChart margin={{ top: 8, right: 16, bottom: 8, left: 0 }} accessibilityLayer>
        <CartesianGrid stroke={grid} vertical={false} />
        <XAxis {...axis(versions)} />
        <YAxis
          type="number"
          dataKey="y"
          domain={[0, top + 0.5]}
          allowDecimals={false}
          tick={{ fill: ink, fontSize: 12 }}
          stroke={grid}
          width={32}
        />
        <Tooltip content={({ payload }) => <DotTip dot={payload?.[0]?.payload} />} cursor={false} />
        {[...groups].map(([outcome, group]) => (
          <Scatter
            key={outcome}
            name={outcomeInfo[outcome].label}
            data={group}
            fill={colourOf(outcome)}
            shape={shapeOf(outcome)}
            isAnimationActive={false}
            onClick={(point: { payload?: Placed }) =>
              point.payload && router.push(paths.trial(point.payload.id))
            }
          />
        ))}
      </ScatterChart>
    </ResponsiveContainer>
  )
}

function DotTip({ dot }: { dot: Placed | undefined }) {
  if (!dot) return null
  return (
    <div
      style={{
        background: 'var(--mantine-color-body)',
        border: `1px solid ${grid}`,
        padding: '4px 8px',
        fontSize: 13,
      }}
    >
      T-{dot.number} · {dot.device}
      <br />
      {outcomeInfo[dot.outcome].label}
    </div>
  )
}

/** The share installed with its Wilson 95 % interval; no rate is drawn under three trials. */
export function InstallRates({ versions }: { versions: VersionOutcomes[] }) {
  const points = versions.flatMap(({ rate, interval }, x) =>
    rate === undefined || !interval
      ? []
      : [{ x, rate, spread: [rate - interval.low, interval.high - rate] }],
  )
  return (
    <ResponsiveContainer width="100%" height={240}>
      <ScatterChart margin={{ top: 8, right: 16, bottom: 8, left: 0 }} accessibilityLayer>
        <CartesianGrid stroke={grid} vertical={false} />
        <XAxis {...axis(versions)} />
        <YAxis
          type="number"
          dataKey="rate"
          domain={[0, 1]}
          ticks={[0, 0.25, 0.5, 0.75, 1]}
          tick={{ fill: ink, fontSize: 12 }}
          stroke={grid}
          width={40}
        />
        <Scatter data={points} fill="var(--mantine-color-blue-6)" isAnimationActive={false}>
          <ErrorBar dataKey="spread" direction="y" width={8} stroke="var(--mantine-color-blue-6)" />
        </Scatter>
      </ScatterChart>
    </ResponsiveContainer>
  )
}
