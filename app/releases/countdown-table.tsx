import { Badge, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { LongTable } from '@/components/data/long-table'
import type { Countdown, Standing } from '@/lib/domain/catalogue/countdown'
import type { ListingSet } from '@/lib/domain/catalogue/feed'
import { daysBetween } from '@/lib/domain/catalogue/feed-date'
import { sourceInWords } from '@/lib/domain/catalogue/sourced'
import { classesInWords, dateInWords, endInWords } from './words'

const labels = ['Target', 'Builds', 'Devices', 'Listed until', 'Posted', 'Source']
const colors: Record<Standing, string> = { listed: 'green', ended: 'gray', unclear: 'yellow' }
const setWords: Record<ListingSet, string> = {
  managed: 'for management',
  public: 'for everybody',
  background: 'background improvement',
}

type Props = {
  rows: readonly Countdown[]
  readOn: string | undefined
  today: string
  names: ReadonlyMap<string, string>
  filtered: boolean
}

/** How long each target stays in Apple's list, by the groups of devices that share an end. */
export function CountdownTable({ rows, readOn, today, names, filtered }: Props) {
  return (
    <section aria-label="Listed by Apple">
      <Title order={2} size="h4">
        Listed by Apple
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {readOn === undefined
          ? 'No copy of Apple’s list was imported, so nothing is known of what is listed.'
          : `From the copy read ${ageInWords(readOn, today)}. An end is that of the present listing: Apple renews it and shortens it, and it says nothing of signing.`}
      </Text>
      {readOn !== undefined && rows.length === 0 && (
        <Text size="sm">
          {filtered
            ? 'No listing matches these filters.'
            : 'The copy lists nothing for this system.'}
        </Text>
      )}
      {rows.length > 0 && (
        <LongTable
          labels={labels}
          what="listings"
          rows={rows.map((row) => <Row key={keyOf(row)} row={row} names={names} />)}
        />
      )}
    </section>
  )
}

const keyOf = ({ version, builds, devices, until, posted }: Countdown) =>
  [version, builds.join(), devices.join(), until?.text, posted.map(({ set }) => set).join()].join(
    ' ',
  )

function ageInWords(readOn: string, today: string): string {
  const days = daysBetween(readOn, today)
  if (days <= 0) return `${readOn}, today`
  return `${readOn}, ${days} ${days === 1 ? 'day' : 'days'} ago`
}

function Row({ row, names }: { row: Countdown; names: Props['names'] }) {
  const { version, builds, devices, until, standing, posted, prerequisite, source } = row
  return (
    <tr>
      <td data-label="Target" className={classes.tag}>
        {version}
      </td>
      <td data-label="Builds">
        <div>
          {builds.length === 0 ? 'not given' : builds.join(', ')}
          {prerequisite && <div className={classes.dim}>on {prerequisite}</div>}
        </div>
      </td>
      <td data-label="Devices">
        <div>
          {classesInWords(devices)}
          <Devices devices={devices} names={names} />
        </div>
      </td>
      <td data-label="Listed until">
        <div>
          {until && <span className={classes.nowrap}>{dateInWords(until)} </span>}
          <Badge variant="light" color={colors[standing]} size="sm">
            {endInWords(row)}
          </Badge>
        </div>
      </td>
      <td data-label="Posted">
        <div>
          {posted.map(({ set, posted: day }) => (
            <div key={`${set} ${day?.text}`} className={classes.dim}>
              {day ? dateInWords(day) : 'no day'}, {setWords[set]}
            </div>
          ))}
        </div>
      </td>
      <td data-label="Source" className={classes.dim}>
        {sourceInWords(source)}
      </td>
    </tr>
  )
}

const shownDevices = 6

/** The first devices by name, and the others behind a summary that the keyboard opens. */
function Devices({ devices, names }: { devices: readonly string[]; names: Props['names'] }) {
  const words = devices.map((device) => {
    const name = names.get(device)
    return name === undefined ? device : `${device} ${name}`
  })
  if (words.length <= shownDevices) return <div className={classes.dim}>{words.join(', ')}</div>
  return (
    <details className={classes.dim}>
      <summary>{words.slice(0, 3).join(', ')} …</summary>
      {words.slice(3).join(', ')}
    </details>
  )
}
