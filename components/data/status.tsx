import { Loader } from '@mantine/core'
import {
  type Icon,
  IconAntenna,
  IconFileImport,
  IconFlask,
  IconHandStop,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ReadingSource } from '@/lib/domain/reading/reading'
import classes from './status.module.css'
import { UserText } from './text'

/** How a state looks: its word, its shape, and only then its colour. */
export type StatusLook = { word: string; icon: Icon; color: string; meaning: string }

type Props = { look: StatusLook; children?: ReactNode }

/** The word stays in the page's own ink, which reads well in light and dark; the colour is in the shape. */
export function Status({ look, children }: Props) {
  const Shape = look.icon
  return (
    <span className={classes.badge} title={look.meaning}>
      <Shape size={14} color={inkOf(look.color)} aria-hidden />
      <span>{children ?? look.word}</span>
    </span>
  )
}

const inkOf = (color: string) => `var(--mantine-color-${color}-text)`

const sourceLooks: Record<ReadingSource, { word: string; icon: Icon; meaning: string }> = {
  mdm: { word: 'MDM', icon: IconAntenna, meaning: 'The device said so over MDM' },
  typed: { word: 'typed', icon: IconHandStop, meaning: 'A person looked and typed it' },
  imported: { word: 'imported', icon: IconFileImport, meaning: 'It came in with a CSV file' },
  simulated: { word: 'simulated', icon: IconFlask, meaning: 'A virtual device said so' },
}

// Nobody asked for what a check-in message brings: it is named in the person's place.
const checkIns = ['Authenticate', 'TokenUpdate', 'CheckOut']

function toldBy(source: ReadingSource, by: string): string {
  if (source !== 'mdm' && source !== 'simulated') return ' by '
  return checkIns.includes(by) ? ', from ' : ', asked by '
}

type SourceProps = { source: ReadingSource; by?: string | null | undefined }

/** Where a reading comes from, and who typed, imported or asked for it. */
export function SourceBadge({ source, by }: SourceProps) {
  const { word, icon: Shape, meaning } = sourceLooks[source]
  return (
    <span className={classes.mark} title={meaning}>
      <Shape size={14} aria-hidden />
      <span className={classes.dim}>
        {word}
        {by && (
          <>
            {toldBy(source, by)}
            <UserText>{by}</UserText>
          </>
        )}
      </span>
    </span>
  )
}

/** Beside whatever a virtual device has touched. */
export function SimulatedMark() {
  return (
    <Status
      look={{
        word: 'SIMULATED',
        icon: IconFlask,
        color: 'orange',
        meaning: 'From the virtual lab: never evidence, never in a statistic of real trials',
      }}
    />
  )
}

/** That an answer is awaited. Mantine's own spinner is a span, and a span may carry no name. */
export const Waiting = ({ label, size }: { label: string; size?: number }) => (
  <Loader role="img" aria-label={label} {...(size !== undefined && { size })} />
)
