import { Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { numbersAtRisk, type SurvivalCurve } from '@/lib/domain/statistics/kaplan-meier'
import { minDevicesForRate } from '@/lib/domain/statistics/proportion'
import { minutesInWords, minuteTicks } from '@/lib/domain/text/minutes'
import { mechanismWords } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import type { Group } from './view'

const share = (value: number) => value.toFixed(4)
const minutes = (value: number | undefined) =>
  value === undefined ? 'not reached' : minutesInWords(value)

const medianOf = ({ median }: SurvivalCurve) =>
  `${minutes(median.time)} [${median.low === undefined ? 'none' : minutes(median.low)}, ${median.high === undefined ? 'open' : minutes(median.high)}]`

/** What stands in one curve, and its median. */
export const GroupTable = ({ groups }: { groups: readonly Group[] }) => {
  const labels = ['Group', 'n', 'Events', 'Censored', 'Nothing known', 'Median [95 %]']
  return (
    <table className={`${classes.table} ${classes.compact}`}>
      <TableHead labels={labels} />
      <tbody>
        {groups.map(({ name, timed, unknown, curve }) => {
          const events = timed.filter(({ happened }) => happened).length
          return (
            <tr key={name}>
              <td data-label="Group">
                <UserText>{name}</UserText>
              </td>
              <td data-label="n">{timed.length}</td>
              <td data-label="Events">{events}</td>
              <td data-label="Censored">{timed.length - events}</td>
              <td data-label="Nothing known">{unknown}</td>
              <td data-label="Median [95 %]">
                {curve ? medianOf(curve) : `no curve, as n < ${minDevicesForRate}`}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** How many trials are still watched at the times of the axis. */
export function AtRisk({ groups }: { groups: readonly Group[] }) {
  const longest = Math.max(0, ...groups.flatMap(({ timed }) => timed.map(({ time }) => time)))
  const ticks = minuteTicks(longest)
  return (
    <section aria-label="Numbers at risk">
      <Title order={2} size="h5">
        Numbers at risk
      </Title>
      <table className={`${classes.table} ${classes.compact}`}>
        <TableHead labels={['Group', ...ticks.map(minutesInWords)]} />
        <tbody>
          {groups.map(({ name, timed }) => (
            <tr key={name}>
              <td data-label="Group">
                <UserText>{name}</UserText>
              </td>
              {numbersAtRisk(timed, ticks).map((count, at) => (
                <td key={ticks[at]} data-label={minutesInWords(ticks[at] ?? 0)}>
                  {count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Each step of the curves, with Greenwood's error and the log-log limits. */
export const StepTable = ({ groups }: { groups: readonly Group[] }) => (
  <details>
    <summary>The steps of the curves as a table</summary>
    <table className={`${classes.table} ${classes.compact}`}>
      <TableHead
        labels={[
          ...['Group', 'Time', 'At risk', 'Events', 'Censored', 'Share without it'],
          ...['Standard error', '95 % limits'],
        ]}
      />
      <tbody>
        {groups.flatMap(({ name, curve }) =>
          (curve?.steps ?? []).map((step) => (
            <tr key={`${name} ${step.time}`}>
              <td data-label="Group">
                <UserText>{name}</UserText>
              </td>
              <td data-label="Time">{minutesInWords(step.time)}</td>
              <td data-label="At risk">{step.atRisk}</td>
              <td data-label="Events">{step.events}</td>
              <td data-label="Censored">{step.censored}</td>
              <td data-label="Share without it">{share(step.survival)}</td>
              <td data-label="Standard error">
                {step.standardError === undefined ? 'none' : share(step.standardError)}
              </td>
              <td data-label="95 % limits">
                {step.limits ? `[${share(step.limits.low)}, ${share(step.limits.high)}]` : 'none'}
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  </details>
)

/** Rows that a page can show without getting slow; the file has all. */
const maxRows = 200

/** Each trial with its time and how that is known. */
export function TimeTable({ groups }: { groups: readonly Group[] }) {
  const rows = groups.flatMap(({ name, timed }) => timed.map((one) => ({ group: name, ...one })))
  return (
    <details>
      <summary>The time of each trial, and how it is known</summary>
      {rows.length > maxRows && (
        <Text size="sm">
          The first {maxRows} of {rows.length}; the CSV has all.
        </Text>
      )}
      <table className={classes.table}>
        <TableHead labels={['Trial', 'Group', 'Mechanism', 'Event', 'Evidence']} />
        <tbody>
          {rows.slice(0, maxRows).map((one) => (
            <tr key={`${one.group} ${one.id}`}>
              <td data-label="Trial">
                <TextLink href={paths.trial(one.id)}>T-{one.number}</TextLink>
              </td>
              <td data-label="Group">
                <UserText>{one.group}</UserText>
              </td>
              <td data-label="Mechanism">{mechanismWords[one.mechanism]}</td>
              <td data-label="Event">
                {one.happened
                  ? `after ${minutesInWords(one.notBefore)}, by ${minutesInWords(one.time)}`
                  : `not until ${minutesInWords(one.time)}: censored`}
              </td>
              <td data-label="Evidence">{one.evidence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
