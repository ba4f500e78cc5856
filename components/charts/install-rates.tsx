'use client'

import { CartesianGrid, ErrorBar, Scatter, ScatterChart, XAxis, YAxis } from 'recharts'
import type { Environment } from '@/lib/domain/device/device'
import type { Interval } from '@/lib/domain/statistics/proportion'
import { ChartFrame } from './chart-frame'
import { countAxis, gridColour, type RateRow, rowsOf, versionAxis, widthOf } from './version-axis'

const colour = 'var(--mantine-color-blue-6)'
const exactColour = 'var(--mantine-color-dimmed)'
/** How far beside Wilson's the exact interval stands, in widths of a version. */
const beside = 0.16

type Props = {
  versions: RateRow[]
  environment: Environment
  /** What the share is of, on the axis. */
  label: string
  /** Whether Clopper and Pearson's interval stands beside Wilson's. */
  exact: boolean
}

/** The share of what is counted, with its Wilson 95 % interval; none is drawn under three trials. */
export function InstallRates({ versions, ...props }: Props) {
  return rowsOf(versions).map((row) => <RatesInARow key={row[0]?.row} versions={row} {...props} />)
}

type Point = { x: number; rate: number; spread: [number, number] }

const pointOf = (x: number, rate: number | undefined, interval: Interval | undefined): Point[] =>
  rate === undefined || !interval
    ? []
    : [{ x, rate, spread: [rate - interval.low, interval.high - rate] }]

function RatesInARow({ versions, environment, label, exact }: Props) {
  const points = versions.flatMap(({ rate, interval }, x) => pointOf(x, rate, interval))
  const exactPoints = versions.flatMap((version, x) =>
    pointOf(x + beside, version.rate, version.exact),
  )
  return (
    <ChartFrame
      minWidth={widthOf(versions)}
      environment={environment}
      height={240}
      label={`${label.charAt(0).toUpperCase()}${label.slice(1)}`}
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
        {exact && (
          <Scatter data={exactPoints} fill={exactColour} shape="diamond" isAnimationActive={false}>
            <ErrorBar
              dataKey="spread"
              direction="y"
              width={8}
              stroke={exactColour}
              strokeWidth={2}
              strokeDasharray="4 3"
              isAnimationActive={false}
            />
          </Scatter>
        )}
      </ScatterChart>
    </ChartFrame>
  )
}
