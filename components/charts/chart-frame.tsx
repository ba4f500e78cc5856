'use client'

import { Box } from '@mantine/core'
import { type ReactNode, useRef } from 'react'
import { ResponsiveContainer } from 'recharts'
import type { Environment } from '@/lib/domain/device/device'
import classes from './charts.module.css'
import { CopyPicture } from './copy-picture'

/** CSS pixels; a wider drawing, scaled to a sheet of paper, could not be read. */
const widest = 900

type Props = {
  /** What the chart shows; its accessible name and the title of a copied picture. */
  label: string
  environment: Environment
  /** CSS pixels that the drawing needs; a narrower screen scrolls. */
  minWidth: number
  /** CSS pixels of a drawing of recharts; without it the children have their own height. */
  height?: number
  children: ReactNode
}

/** The frame of every chart: wide enough to be read, marked where it is no evidence, and to be copied as a picture. */
export function ChartFrame({ label, environment, minWidth, height, children }: Props) {
  const drawing = useRef<HTMLDivElement>(null)
  const simulated = environment === 'simulated'
  return (
    <div className={classes.frame}>
      {/* A region that scrolls must be reached by the keyboard (WCAG 2.1.1). */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see the line above */}
      <section className={classes.scroller} aria-label={label} tabIndex={0}>
        {/* By the style sheet alone: words that come with the script would move the page under a finger. */}
        <Box
          component="p"
          className={classes.hint}
          __vars={{ '--needed': `${minWidth}px` }}
          aria-hidden
        >
          Wider than the screen: swipe to see all of it.
        </Box>
        <div
          ref={drawing}
          className={simulated ? classes.watermark : undefined}
          style={{ position: 'relative', minWidth, maxWidth: widest }}
        >
          {height === undefined ? (
            children
          ) : (
            <ResponsiveContainer width="100%" height={height}>
              {children}
            </ResponsiveContainer>
          )}
        </div>
      </section>
      <CopyPicture
        label={label}
        simulated={simulated}
        find={() => drawing.current?.querySelector<SVGSVGElement>('svg') ?? undefined}
      />
    </div>
  )
}
