import { Button, Checkbox, Group, Text } from '@mantine/core'
import { OutcomeKey } from '@/components/charts/outcome-sign'
import { Card } from '@/components/data/card'
import table from '@/components/data/data-table.module.css'
import { TableHead } from '@/components/data/table-head'
import type { Leaving } from '@/lib/core/record/lab-report/lab-trials'
import { labelOfValue } from '@/lib/domain/trial/factors'

const labels = ['Include', 'Model', 'From', 'Target', 'Outcome', 'Contradictions', 'Withheld']

type Props = {
  trials: readonly Leaving[]
  chosen: readonly string[]
  /** Trials of the list that have no outcome. */
  without: number
  onChange: (chosen: string[]) => void
}

/** One row per trial, as it would leave; an unticked one stays. */
export function ChooseTrials({ trials, chosen, without, onChange }: Props) {
  const toggle = (id: string, leaves: boolean) =>
    onChange(
      trials
        .map(({ trialId }) => trialId)
        .filter((one) => (one === id ? leaves : chosen.includes(one))),
    )
  return (
    <Card title="Trials to include">
      <Text size="sm" c="dimmed" mb="xs">
        Deselect what stays in this lab.
        {without > 0 &&
          ` ${without === 1 ? '1 trial of the list has' : `${without} trials of the list have`} no outcome or no starting version yet and cannot be compared.`}
      </Text>
      <Group gap="xs" mb="sm">
        <Button
          size="xs"
          variant="default"
          onClick={() => onChange(trials.map(({ trialId }) => trialId))}
        >
          Choose all {trials.length}
        </Button>
        <Button size="xs" variant="default" onClick={() => onChange([])}>
          Choose none
        </Button>
      </Group>
      <table className={table.table} aria-label="Trials to choose from">
        <TableHead labels={labels} />
        <tbody>
          {trials.map(({ trialId, number, row, withheld }) => (
            <tr key={trialId}>
              <td data-label="Include" className={table.nowrap}>
                <Checkbox
                  label={`T-${number}`}
                  checked={chosen.includes(trialId)}
                  onChange={({ currentTarget }) => toggle(trialId, currentTarget.checked)}
                />
              </td>
              <td data-label="Model">{row.model ?? 'unknown'}</td>
              <td data-label="From">
                {row.startOs}
                {row.startBuild && ` (${row.startBuild})`}
              </td>
              <td data-label="Target">
                {row.target ?? 'unknown'}
                <div className={table.dim}>
                  {row.action === null ? 'actions unknown' : labelOfValue('action', row.action)}
                </div>
              </td>
              <td data-label="Outcome">
                <OutcomeKey outcome={row.outcome} />
              </td>
              <td data-label="Contradictions">{row.contradictions.length}</td>
              <td data-label="Withheld">
                {withheld.length === 0 ? (
                  <span className={table.dim}>nothing</span>
                ) : (
                  withheld.join(', ')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
