import { Loader } from '@mantine/core'
import {
  type Icon,
  IconAntenna,
  IconFileImport,
  IconFlask,
  IconHandStop,
  IconUsb,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type ReadingSource, sourceWords, statusReportName } from '@/lib/domain/reading/reading'
import { SmallIcon } from './icon-shapes'
import classes from './status.module.css'
import { UserText } from './text'

/** How a state looks: its word and its icon say it, its colour only adds to them. */
export type StatusLook = { word: string; icon: Icon; color: string; meaning: string }

type Props = { look: StatusLook; children?: ReactNode } & Drawn

/** In a table whose `IconShapes` have the icon. */
export type Drawn = { drawn?: boolean | undefined }

/** The word has the text colour of the page, which is readable in light and dark; only the icon is coloured. */
export function Status({ look, drawn, children }: Props) {
  return (
    <span className={classes.badge} title={look.meaning}>
      <SmallIcon icon={look.icon} color={inkOf(look.color)} drawn={drawn} />
      <span>{children ?? look.word}</span>
    </span>
  )
}

const inkOf = (color: string) => `var(--mantine-color-${color}-text)`

const sourceLooks: Record<ReadingSource, { icon: Icon; meaning: string }> = {
  mdm: { icon: IconAntenna, meaning: 'Reported by the device over MDM' },
  typed: {
    icon: IconHandStop,
    meaning: 'Read off the device and entered by a person',
  },
  usb: {
    icon: IconUsb,
    meaning: 'Printed by a tool over USB, and given by a person',
  },
  imported: { icon: IconFileImport, meaning: 'Imported from a CSV file' },
  simulated: { icon: IconFlask, meaning: 'Reported by a virtual device' },
}

// Nobody requests a check-in message, so its name is shown in place of a person's.
const checkIns = ['Authenticate', 'TokenUpdate', 'CheckOut', statusReportName]

function originOf(source: ReadingSource, by: string): string {
  if (source === 'usb') return ', given by '
  if (source !== 'mdm' && source !== 'simulated') return ' by '
  return checkIns.includes(by) ? ', from ' : ', queried by '
}

/** The icons of all sources, for the `IconShapes` of a table. */
export const sourceIcons = Object.values(sourceLooks).map(({ icon }) => icon)

type SourceProps = { source: ReadingSource; by?: string | null | undefined } & Drawn

/** The source of a reading, and who entered, imported or queried it. */
export function SourceBadge({ source, by, drawn }: SourceProps) {
  const { icon, meaning } = sourceLooks[source]
  return (
    <span className={classes.mark} title={meaning}>
      <SmallIcon icon={icon} drawn={drawn} />
      <span className={classes.dim}>
        {sourceWords[source]}
        {by && (
          <>
            {originOf(source, by)}
            <UserText>{by}</UserText>
          </>
        )}
      </span>
    </span>
  )
}

/** Marks a record of a virtual device. */
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
