import { Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { Environment } from '@/lib/domain/device/device'
import type { BudgetLine, LabBudget, LabDevice } from '@/lib/domain/planning/lab-budget'
import { addDays } from '@/lib/domain/planning/release-gaps'
import { isOverdue } from '@/lib/domain/planning/trial-budget'
import { paths } from '@/lib/paths'
import { rangeInWords } from '../plan-pages'

/** The numbers of the chart. */
export const DaysTable = ({ days }: Pick<LabBudget['burnDown'], 'days'>) => (
  <section aria-label="The same numbers as a table">
    <Title order={3} size="h5" mb="xs">
      The same numbers as a table
    </Title>
    <table className={`${classes.table} ${classes.compact}`}>
      <TableHead labels={['From', 'At least', 'Expected', 'At most']} />
      <tbody>
        {days.map(({ on, low, expected, high }) => (
          <tr key={on}>
            <td data-label="From">{on}</td>
            <td data-label="At least">{low}</td>
            <td data-label="Expected">{expected}</td>
            <td data-label="At most">{high}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

/** More would not be read; the version filter reaches the others, and the CSV has all. */
const shownVersions = 60

type VersionsProps = { lines: readonly BudgetLine[]; environment: Environment }

export const VersionsTable = ({ lines, environment }: VersionsProps) => (
  <section aria-label="By version">
    <Title order={2} size="h4" mb="xs">
      By version
    </Title>
    <table className={`${classes.table} ${classes.compact}`}>
      <TableHead labels={['Version', 'Devices', 'Baseline unused', 'Trials left']} />
      <tbody>
        {lines.slice(0, shownVersions).map((line) => (
          <tr key={`${line.platform} ${line.version}`}>
            <td data-label="Version" className={classes.nowrap}>
              <div>
                {line.platform} <UserText>{line.version}</UserText>
              </div>
            </td>
            <td data-label="Devices">
              <TextLink
                href={paths.devices({
                  ...{ environment, platform: line.platform, version: line.version },
                })}
                size="sm"
              >
                {line.devices}
              </TextLink>
            </td>
            <td data-label="Baseline unused">
              <div>
                {line.unused}
                {line.unusedUnknown > 0 && (
                  <div className={classes.dim}>{line.unusedUnknown} not known</div>
                )}
              </div>
            </td>
            <td data-label="Trials left">
              <div>
                {rangeInWords(line)}
                {line.withoutForecast > 0 && (
                  <div className={classes.dim}>{line.withoutForecast} without a forecast</div>
                )}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    {lines.length > shownVersions && (
      <Text size="sm" c="dimmed">
        The first {shownVersions} of {lines.length} versions. Narrow by version to see the others.
      </Text>
    )}
  </section>
)

/** What the numbers rest on. */
type ForecastsProps = Pick<LabBudget, 'forecasts'> & { today: string }

export const ForecastsTable = ({ forecasts, today }: ForecastsProps) => (
  <section aria-label="Forecasts">
    <Title order={2} size="h4">
      What the forecast rests on
    </Title>
    <Text size="sm" c="dimmed" mb="xs">
      Gaps between releases from the catalogue. Apple names no day on which it stops releasing
      versions below 27, nor of those from 27 on: one end is assumed for all, and part of the
      address. What comes after it is not counted, and is no end of declarations.
    </Text>
    {forecasts.length === 0 ? (
      <Text size="sm">
        None: which major version the devices will be offered is not known, or the catalogue has too
        few releases of it.
      </Text>
    ) : (
      <table className={classes.table}>
        <TableHead
          labels={[
            'Releases of',
            'Newest',
            'Days between releases',
            'Next expected',
            'Assumed end',
          ]}
        />
        <tbody>
          {forecasts
            .map((forecast) => ({ ...forecast, late: isOverdue(forecast, today) }))
            .map(({ platform, major, lastReleaseOn, gaps, endsOn, late }) => (
              <tr key={`${platform} ${major}`}>
                <td data-label="Releases of">
                  <div>
                    {platform} {major}
                  </div>
                </td>
                <td data-label="Newest">{lastReleaseOn}</td>
                <td data-label="Days between releases">
                  <div>
                    {gaps.median}, quartiles {gaps.low} to {gaps.high}
                    <div className={classes.dim}>
                      {gaps.n} gaps of {platform} {gaps.major ?? major}
                    </div>
                  </div>
                </td>
                <td data-label="Next expected">
                  {late
                    ? 'overdue: the line has ended, or the catalogue is old; none is certain'
                    : addDays(lastReleaseOn, gaps.median)}
                </td>
                <td data-label="Assumed end">{endsOn}</td>
              </tr>
            ))}
        </tbody>
      </table>
    )}
  </section>
)

const shownDevices = 25

type DevicesProps = Pick<LabBudget, 'devices' | 'osUnknown'>

/** Each device, those with the fewest trials left first. */
export function DevicesTable({ devices, osUnknown }: DevicesProps) {
  const inOrder = devices.toSorted(
    (a, b) => a.left.expected - b.left.expected || a.left.high - b.left.high,
  )
  const count = devices.length + osUnknown.length
  const rows: (LabDevice & { left?: LabBudget['now']; line?: number | undefined })[] = [
    ...inOrder,
    ...osUnknown,
  ]
  return (
    <section aria-label="By device">
      <Title order={2} size="h4" mb="xs">
        By device
      </Title>
      <table className={classes.table}>
        <TableHead labels={['Device', 'OS', 'Baseline', 'Will be offered', 'Trials left']} />
        <tbody>
          {rows
            .slice(0, shownDevices)
            .map(({ id, labTag, platform, version, unused, line, left }) => (
              <tr key={id}>
                <td data-label="Device">
                  <TextLink href={paths.device(id)} size="sm">
                    <UserText>{labTag}</UserText>
                  </TextLink>
                </td>
                <td data-label="OS">
                  <div>
                    {platform} <UserText>{version ?? 'not known'}</UserText>
                  </div>
                </td>
                <td data-label="Baseline">
                  {unused === undefined ? 'not known' : unused ? 'unused' : 'used'}
                </td>
                <td data-label="Will be offered">
                  {left?.high === 0
                    ? 'nothing more'
                    : line === undefined
                      ? 'not known'
                      : `releases of ${line}`}
                </td>
                <td data-label="Trials left">{left ? rangeInWords(left) : 'not known'}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {count > shownDevices && (
        <Text size="sm" c="dimmed">
          The {shownDevices} with the fewest of {count} devices; the CSV has all.
        </Text>
      )}
    </section>
  )
}
