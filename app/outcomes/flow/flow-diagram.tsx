'use client'

import { ChartFrame } from '@/components/charts/chart-frame'
import { flowBoxWords, flowReasonWords } from '@/components/trial/flow-words'
import type { Environment } from '@/lib/domain/device/device'
import { type ExitBox, type Flow, type FlowBox, inBox } from '@/lib/domain/statistics/flow'
import classes from './flow.module.css'

/** CSS pixels: two columns of boxes, and the lines in them. */
const [leftWidth, between, rightWidth] = [250, 60, 330]
const [line, padding, gap] = [20, 10, 26]
const width = leftWidth + between + rightWidth + 2

type Row = { text: string; trials: number; href: string; indented?: boolean }
type Box = { rows: Row[]; y: number; height: number }

type Props = { flow: Flow; environment: Environment; links: Record<string, string> }

/** The boxes from drafted to analysed, what leaves between them at the side. Each line leads to its list. */
export function FlowDiagram({ flow, environment, links }: Props) {
  const row = (box: FlowBox, indented = false): Row => ({
    text: flowBoxWords[box],
    trials: inBox(flow, box),
    href: links[box] ?? '',
    indented,
  })
  const exit = (box: ExitBox): Row[] => [
    row(box),
    ...flow[box].map(({ why, trials }) => ({
      text: flowReasonWords(why),
      trials,
      href: links[`${box}:${why}`] ?? '',
      indented: true,
    })),
  ]
  const steps: { main: Row[]; exits: Row[] }[] = [
    { main: [row('drafted')], exits: exit('notRegistered') },
    { main: [row('registered')], exits: [...exit('screenedOut'), ...exit('notReleased')] },
    {
      main: [row('released'), row('perProtocol', true), row('deviated', true)],
      exits: exit('notAnalysed'),
    },
    { main: [row('analysed'), row('firstTrial', true), row('usedBefore', true)], exits: [] },
  ]
  const { main, exits, height } = place(steps)
  return (
    <ChartFrame label="Flow of the trials" environment={environment} minWidth={width}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: its texts are links, and the region around it has the name */}
      <svg viewBox={`0 0 ${width} ${height}`} className={classes.drawing}>
        {main.map((box, index) => (
          <g key={box.rows[0]?.text}>
            {index > 0 && <Down from={main[index - 1]} to={box} />}
            <BoxShape box={box} x={1} width={leftWidth} />
            {exits[index] && (
              <>
                <Side box={exits[index]} />
                <BoxShape box={exits[index]} x={1 + leftWidth + between} width={rightWidth} />
              </>
            )}
          </g>
        ))}
      </svg>
    </ChartFrame>
  )
}

const heightOf = (rows: readonly Row[]) => rows.length * line + 2 * padding

/** An exit begins under the box it leaves, and the next box under the exit. */
function place(steps: readonly { main: Row[]; exits: Row[] }[]) {
  const main: Box[] = []
  const exits: (Box | undefined)[] = []
  let y = 1
  for (const step of steps) {
    main.push({ rows: step.main, y, height: heightOf(step.main) })
    y += heightOf(step.main) + gap / 2
    const leaves = step.exits.length > 0
    exits.push(leaves ? { rows: step.exits, y, height: heightOf(step.exits) } : undefined)
    y += leaves ? heightOf(step.exits) + gap / 2 : 0
  }
  return { main, exits, height: y }
}

type ShapeProps = { box: Box; x: number; width: number }

const BoxShape = ({ box, x, width: wide }: ShapeProps) => (
  <>
    <rect x={x} y={box.y} width={wide} height={box.height} className={classes.box} />
    {box.rows.map(({ text, trials, href, indented }, index) => (
      <a key={`${text} ${href}`} href={href} className={classes.link}>
        <text
          x={x + padding + (indented ? 12 : 0)}
          y={box.y + padding + index * line + 14}
          className={indented ? classes.part : classes.whole}
        >
          {text}: {trials}
        </text>
      </a>
    ))}
  </>
)

const middle = 1 + leftWidth / 2

function Down({ from, to }: { from: Box | undefined; to: Box }) {
  if (!from) return null
  return (
    <>
      <path d={`M${middle},${from.y + from.height}V${to.y}`} className={classes.arrow} />
      <Head x={middle} y={to.y} turn={90} />
    </>
  )
}

function Side({ box }: { box: Box }) {
  const y = box.y + padding + line / 2
  const end = 1 + leftWidth + between
  return (
    <>
      <path d={`M${middle},${y}H${end}`} className={classes.arrow} />
      <Head x={end} y={y} turn={0} />
    </>
  )
}

const Head = ({ x, y, turn }: { x: number; y: number; turn: number }) => (
  <path
    d="M0,0L-7,-4V4Z"
    transform={`translate(${x} ${y}) rotate(${turn})`}
    className={classes.head}
  />
)
