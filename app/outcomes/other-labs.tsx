import { Text, Title } from '@mantine/core'
import { OtherLabMarks } from '@/components/charts/other-lab-mark'
import table from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import {
  countOtherLabOutcomes,
  countOtherLabs,
  type OtherLabOutcome,
} from '@/lib/db/queries/other-labs-seen'
import type { Environment } from '@/lib/domain/device/device'
import { outcomeInfo } from '@/lib/domain/outcome/outcome'
import { type ComparedFactor, comparedFactors, notNarrowed } from '@/lib/domain/report/other-labs'
import { byValue, type FactorName, factors, labelOfValue } from '@/lib/domain/trial/factors'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import classes from './other-labs.module.css'

type Props = { environment: Environment; filter: TrialFilter; by: FactorName }

/** What other labs report, apart from every number of this one; nothing where no lab has sent a report. */
export async function OtherLabs({ environment, filter, by }: Props) {
  const { db } = await authorize('look')
  if ((await countOtherLabs(db, environment)) === 0) return null
  const rows = comparedFactors.find((one) => one === by) ?? 'version'
  const found = await countOtherLabOutcomes(db, environment, filter, rows)
  const left = notNarrowed(filter)
  return (
    <section aria-label="Other labs" className={classes.apart}>
      <Title order={2} size="h3">
        Other labs
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Trials in <TextLink href={paths.otherLabs()}>reports that other labs sent</TextLink>; each
        mark is one trial. They count in no number, interval, chart or file of this lab, and are not
        verified here.
        {rows !== by && ` Their rows have no ${factors[by].label.toLowerCase()}.`}
        {left.length > 0 && ` They cannot be narrowed by ${left.join(', ')}.`}
      </Text>
      {found.length === 0 ? (
        <Text size="sm">No trial of other labs matches these filters.</Text>
      ) : (
        <Rows found={found} by={rows} />
      )}
    </section>
  )
}

function Rows({ found, by }: { found: OtherLabOutcome[]; by: ComparedFactor }) {
  const { label } = factors[by]
  const order = byValue(by)
  const groups = Map.groupBy(found, ({ row, lab }) => JSON.stringify([row, lab]))
  const rows = [...groups].toSorted(([, [a]], [, [b]]) => order(a?.row ?? '', b?.row ?? ''))
  return (
    <table className={table.table} aria-label="Outcomes of other labs">
      <TableHead labels={[label, 'Lab', 'Trials', 'Outcomes']} />
      <tbody>
        {rows.map(([key, group]) => (
          <tr key={key}>
            <td data-label={label}>
              <UserText>{labelOfValue(by, group[0]?.row ?? '')}</UserText>
            </td>
            <td data-label="Lab">
              <UserText>{group[0]?.lab}</UserText>
            </td>
            <td data-label="Trials">{group.reduce((sum, { trials }) => sum + trials, 0)}</td>
            <td data-label="Outcomes">
              <div>
                {group.map(({ outcome, trials }) => (
                  <div key={outcome}>
                    {trials} × {outcomeInfo[outcome].label}{' '}
                    <OtherLabMarks outcome={outcome} trials={trials} />
                  </div>
                ))}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
