'use client'

import { Area, CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts'
import type { Environment } from '@/lib/domain/device/device'
import { addDays, dayNumber } from '@/lib/domain/planning/release-gaps'
import { ChartFrame } from './chart-frame'
import { countAxis, gridColour, ink, wholeTicks } from './version-axis'

const colour = 'var(--mantine-color-blue-6)'
/** As many days on the axis as can be read beside one another. */
const maxTicks = 6

type Props = {
  days: readonly { on: string; low: number; expected: number; high: number }[]
  environment: Environment
  label: string
}

/** A count that falls from day to day, with the range that it may be in. */
export function BurnDownChart({ days, environment, label }: Props) {
  const points = days.map(({ on, low, expected, high }) => ({
    ...{ day: dayNumber(on), expected },
    range: [low, high],
  }))
  const first = points.at(0)?.day ?? 0
  const last = points.at(-1)?.day ?? first
  const step = Math.max(1, Math.ceil(points.length / maxTicks))
  const ticks = wholeTicks(Math.max(1, ...days.map(({ high }) => high)))
  return (
    <ChartFrame label={label} environment={environment} minWidth={420} height={280}>
      <ComposedChart
        data={points}
        margin={{ top: 10, right: 40, bottom: 0, left: 0 }}
        accessibilityLayer
      >
        <CartesianGrid stroke={gridColour} vertical={false} />
        <XAxis
          type="number"
          dataKey="day"
          domain={[first, last]}
          ticks={points.filter((_, at) => at % step === 0).map(({ day }) => day)}
          tickFormatter={(day: number) => addDays('1970-01-01', day)}
          tick={{ fill: ink, fontSize: 12 }}
          stroke={gridColour}
        />
        <YAxis {...countAxis('trials left')} domain={[0, ticks.at(-1) ?? 1]} ticks={ticks} />
        <Area
          dataKey="range"
          type="linear"
          stroke={colour}
          strokeDasharray="3 3"
          fill={colour}
          fillOpacity={0.15}
          isAnimationActive={false}
          activeDot={false}
        />
        <Line
          dataKey="expected"
          type="linear"
          stroke={colour}
          strokeWidth={2}
          dot={{ r: 2, fill: colour }}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ChartFrame>
  )
}
