import { Title } from '@mantine/core'
import Link from 'next/link'
import { OutcomeKey } from '@/components/charts/outcome-sign'
import classes from '@/components/data/data-table.module.css'
import { TableHead } from '@/components/data/table-head'
import { outcomes } from '@/lib/domain/outcome/outcome'
import type { VersionOutcomes } from '@/lib/domain/statistics/statistics'
import type { PrimaryOutcome } from '@/lib/domain/trial/protocol'
import { paths } from '@/lib/paths'
import { boundsOf, shareOf } from './share'

const exactLabel = 'Clopper–Pearson'

const columns = (reached: string, exact: boolean) => [
  'Starting OS',
  'n',
  reached,
  'Share [95 %]',
  ...(exact ? [exactLabel] : []),
  'Not counted',
  'Outcomes',
]

/** The word for trials that reached their primary outcome. */
const reachedWords: Record<PrimaryOutcome, string> = {
  installed: 'Installed',
  downloaded: 'Downloaded',
}

type Props = {
  versions: VersionOutcomes[]
  primary: PrimaryOutcome
  address: Record<string, string | undefined>
  /** Whether Clopper and Pearson's interval stands beside Wilson's. */
  exact: boolean
}

/** What the charts show, in figures and words. */
export function VersionTable({ versions, primary, address, exact }: Props) {
  const word = reachedWords[primary]
  return (
    <section aria-label={`${word}: the same numbers as a table`}>
      <Title order={2} size="h4" mb="xs">
        The same numbers as a table
      </Title>
      <table className={classes.table}>
        <TableHead labels={columns(word, exact)} />
        <tbody>
          {versions.map((version) => (
            <VersionRow
              key={version.startOs}
              version={version}
              word={word}
              address={address}
              exact={exact}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

type RowProps = { version: VersionOutcomes; word: string } & Pick<Props, 'address' | 'exact'>

function VersionRow({ version, word, address, exact }: RowProps) {
  const { startOs, n, reached, leftOut, against, overruled, counts } = version
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
      <td data-label={word}>
        {reached} of {n}
      </td>
      <td data-label="Share [95 %]">{shareOf(version)}</td>
      {exact && <td data-label={exactLabel}>{version.exact ? boundsOf(version.exact) : 'none'}</td>}
      <td data-label="Not counted">
        {leftOut}
        {against > 0 && `, ${against} of them against the builds`}
      </td>
      <td data-label="Outcomes">
        <div>
          {outcomes
            .filter((outcome) => counts[outcome])
            .map((outcome) => (
              <div key={outcome}>
                {counts[outcome]} × <OutcomeKey outcome={outcome} />
              </div>
            ))}
          {overruled > 0 && <div>{overruled} overruled by a lead</div>}
        </div>
      </td>
    </tr>
  )
}
