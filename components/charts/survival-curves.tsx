'use client'

import { CartesianGrid, Line, LineChart, XAxis, YAxis } from 'recharts'
import type { Environment } from '@/lib/domain/device/device'
import type { SurvivalCurve } from '@/lib/domain/statistics/kaplan-meier'
import { minutesInWords, minuteTicks } from '@/lib/domain/text/minutes'
import { ChartFrame } from './chart-frame'
import { countAxis, gridColour, ink, maxCurves } from './version-axis'

type NamedCurve = { name: string; curve: SurvivalCurve }

/** As many as `maxCurves`, told apart by colour and by dashes. */
const looks = [
  { colour: 'var(--mantine-color-blue-6)', dashes: undefined },
  { colour: 'var(--mantine-color-orange-7)', dashes: '7 4' },
  { colour: 'var(--mantine-color-teal-6)', dashes: '2 3' },
  { colour: 'var(--mantine-color-grape-6)', dashes: '10 3 2 3' },
  { colour: 'var(--mantine-color-red-6)', dashes: '14 4' },
  { colour: 'var(--mantine-color-gray-6)', dashes: '4 2 1 2 1 2' },
] as const

type Props = { curves: readonly NamedCurve[]; environment: Environment; label: string }
type Point = { time: number; left: number; censored: number; low?: number; high?: number }

/** The curve from 1 on; each point holds until the next. */
const pointsOf = ({ steps }: SurvivalCurve): Point[] => [
  { time: 0, left: 1, censored: 0 },
  ...steps.map(({ time, survival, censored, limits }) => ({
    ...{ time, left: survival, censored },
    ...(limits && { low: limits.low, high: limits.high }),
  })),
]

/** Kaplan–Meier curves with a tick where a trial is censored; the limits of a single curve as thin lines. */
export function SurvivalCurves({ curves, environment, label }: Props) {
  const longest = Math.max(0, ...curves.flatMap(({ curve }) => curve.steps.map(({ time }) => time)))
  const ticks = minuteTicks(longest)
  const only = curves.length === 1 ? curves[0] : undefined
  return (
    <>
      <ChartFrame label={label} environment={environment} minWidth={340} height={300}>
        <LineChart margin={{ top: 10, right: 20, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid stroke={gridColour} vertical={false} />
          <XAxis
            type="number"
            dataKey="time"
            domain={[0, ticks.at(-1) ?? longest]}
            ticks={ticks}
            tickFormatter={minutesInWords}
            tick={{ fill: ink, fontSize: 12 }}
            stroke={gridColour}
            allowDuplicatedCategory={false}
          />
          <YAxis
            {...countAxis('share without it')}
            domain={[0, 1]}
            ticks={[0, 0.25, 0.5, 0.75, 1]}
          />
          {only &&
            (['low', 'high'] as const).map((limit) => (
              <Line
                key={limit}
                data={pointsOf(only.curve)}
                dataKey={limit}
                type="stepAfter"
                stroke={looks[0].colour}
                strokeWidth={1}
                strokeDasharray="3 3"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            ))}
          {curves.map(({ name, curve }, at) => (
            <Line
              key={name}
              data={pointsOf(curve)}
              dataKey="left"
              type="stepAfter"
              stroke={looks[at % maxCurves]?.colour}
              strokeDasharray={looks[at % maxCurves]?.dashes}
              strokeWidth={2}
              dot={CensorMark}
              activeDot={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ChartFrame>
      <CurveKey names={curves.map(({ name }) => name)} hasLimits={only !== undefined} />
    </>
  )
}

type MarkProps = { cx?: number; cy?: number; index?: number; payload?: Point; stroke?: string }

/** A tick across the curve where the watching of a trial ended. */
function CensorMark({ cx = 0, cy = 0, index, payload, stroke }: MarkProps) {
  return payload && payload.censored > 0 ? (
    <path
      key={index}
      d={`M${cx},${cy - 6}V${cy + 6}`}
      stroke={stroke}
      strokeWidth={2}
      strokeDasharray="none"
    />
  ) : (
    <g key={index} />
  )
}

const CurveKey = ({ names, hasLimits }: { names: string[]; hasLimits: boolean }) => (
  <p style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 20px', margin: '4px 0 0' }}>
    {names.map((name, at) => (
      <span key={name}>
        <svg width={34} height={10} aria-hidden="true">
          <path
            d="M0,5H34"
            stroke={looks[at % maxCurves]?.colour}
            strokeDasharray={looks[at % maxCurves]?.dashes}
            strokeWidth={2}
          />
        </svg>{' '}
        <bdi>{name}</bdi>
      </span>
    ))}
    <span>
      <svg width={10} height={14} aria-hidden="true">
        <path d="M5,1V13" stroke={ink} strokeWidth={2} />
      </svg>{' '}
      censored
    </span>
    {hasLimits && <span>thin dashes: 95 % limits</span>}
  </p>
)
