import {
  type Icon,
  IconAntenna,
  IconFileImport,
  IconFlask,
  IconHandStop,
} from '@tabler/icons-react'
import type { ReadingSource } from '@/lib/domain/reading/reading'
import classes from './status.module.css'
import { UserText } from './text'

const looks: Record<ReadingSource, { word: string; icon: Icon; meaning: string }> = {
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

type Props = { source: ReadingSource; by?: string | null | undefined }

/** Where a reading comes from, and who typed, imported or asked for it. */
export function SourceBadge({ source, by }: Props) {
  const { word, icon: Shape, meaning } = looks[source]
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
