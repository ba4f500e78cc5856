'use client'

import { CartesianGrid, ErrorBar, Scatter, ScatterChart, XAxis, YAxis } from 'recharts'
import type { Environment } from '@/lib/domain/device/device'
import type { VersionOutcomes } from '@/lib/domain/statistics/statistics'
import { ChartFrame, countAxis, gridColour, rowsOf, versionAxis } from './version-axis'

const colour = 'var(--mantine-color-blue-6)'

type Props = {
  versions: VersionOutcomes[]
  environment: Environment
  /** What the share is of, on the axis. */
  label: string
}

/** The share that reached the primary outcome, with its Wilson 95 % interval; none is drawn under three trials. */
export function InstallRates({ versions, environment, label }: Props) {
  return rowsOf(versions).map((row) => (
    <RateRow key={row[0]?.startOs} versions={row} environment={environment} label={label} />
  ))
}

function RateRow({ versions, environment, label }: Props) {
  const points = versions.flatMap(({ rate, interval }, x) =>
    rate === undefined || !interval
      ? []
      : [{ x, rate, spread: [rate - interval.low, interval.high - rate] }],
  )
  return (
    <ChartFrame
      versions={versions}
      environment={environment}
      height={240}
      label={`Chart: ${label}`}
    >
      <ScatterChart margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer>
        <CartesianGrid stroke={gridColour} vertical={false} />
        <XAxis {...versionAxis(versions)} />
        <YAxis
          {...countAxis(label)}
          dataKey="rate"
          domain={[0, 1]}
          ticks={[0, 0.25, 0.5, 0.75, 1]}
        />
        <Scatter data={points} fill={colour} isAnimationActive={false}>
          <ErrorBar
            dataKey="spread"
            direction="y"
            width={8}
            stroke={colour}
            strokeWidth={2}
            isAnimationActive={false}
          />
        </Scatter>
      </ScatterChart>
    </ChartFrame>
  )
}
