import { Title } from '@mantine/core'
import Link from 'next/link'
import { OutcomeKey } from '@/components/charts/outcome-sign'
import classes from '@/components/data-table.module.css'
import { TableHead } from '@/components/table-head'
import { outcomes } from '@/lib/domain/outcome'
import { leastForRate, type VersionOutcomes } from '@/lib/domain/statistics'
import { paths } from '@/lib/paths'

const columns = ['Starting OS', 'n', 'Installed', 'Share [95 %]', 'Not counted', 'Outcomes']

type Props = { versions: VersionOutcomes[]; address: Record<string, string | undefined> }

/** What the charts show, in figures and words. */
export function VersionTable({ versions, address }: Props) {
  return (
    <section aria-label="The same numbers as a table">
      <Title order={2} size="h4" mb="xs">
        The same numbers as a table
      </Title>
      <table className={classes.table}>
        <TableHead labels={columns} />
        <tbody>
          {versions.map((version) => (
            <VersionRow key={version.startOs} version={version} address={address} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function VersionRow({ version, address }: { version: VersionOutcomes } & Pick<Props, 'address'>) {
  const { startOs, n, installed, leftOut, counts } = version
  return (
    <tr>
      <td data-label="Starting OS">
        <Link
          href={paths.trials({ ...address, version: startOs })}
          className={classes.name}
          prefetch={false}
        >
          {startOs}
        </Link>
      </td>
      <td data-label="n">{n}</td>
      <td data-label="Installed">
        {installed} of {n}
      </td>
      <td data-label="Share [95 %]">{shareOf(version)}</td>
      <td data-label="Not counted">{leftOut}</td>
      <td data-label="Outcomes">
        <div>
          {outcomes
            .filter((outcome) => counts[outcome])
            .map((outcome) => (
              <div key={outcome}>
                {counts[outcome]} × <OutcomeKey outcome={outcome} />
              </div>
            ))}
        </div>
      </td>
    </tr>
  )
}

const two = (share: number) => share.toFixed(2)

function shareOf({ rate, interval }: VersionOutcomes): string {
  if (rate === undefined || !interval) return `none, as n < ${leastForRate}`
  return `${two(rate)} [${two(interval.low)}, ${two(interval.high)}]`
}
