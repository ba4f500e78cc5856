import { Text, Title } from '@mantine/core'
import { InstallRates } from '@/components/charts/install-rates'
import type { ChartRow } from '@/components/charts/version-axis'
import { TextLink } from '@/components/data/links'
import type { Environment } from '@/lib/domain/device/device'
import { minDevicesForRate } from '@/lib/domain/statistics/proportion'
import type { OutcomeView } from '@/lib/domain/trial/outcome-view'
import { type PrimaryOutcome, primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { paths } from '@/lib/paths'

type Props = {
  versions: ChartRow[]
  environment: Environment
  primary: PrimaryOutcome
  address: Record<string, string | undefined>
  view: OutcomeView
}

const wordOf = (primary: PrimaryOutcome): string => primaryOutcomeInfo[primary].label.toLowerCase()

/** The share that reached the primary outcome, per row, with its intervals. */
export const Rates = ({ versions, environment, primary, address, view }: Props) => (
  <section aria-label={`Share ${wordOf(primary)}`}>
    <Title order={3} size="h4">
      Share {wordOf(primary)}, with Wilson 95 % interval
    </Title>
    <Text size="sm" c="dimmed" mb="xs">
      Trials that are lost, void, still under way at the deadline, or decided against the OS builds
      are in no numerator or denominator. No rate is given below {minDevicesForRate} trials; the
      dots show each of them.
    </Text>
    {versions.some(({ rate }) => rate !== undefined) && (
      <>
        <ExactInterval address={address} view={view} />
        <InstallRates
          versions={versions}
          environment={environment}
          label={`share ${wordOf(primary)}`}
          exact={view.interval === 'exact'}
        />
      </>
    )}
  </section>
)

/** The exact interval on demand: two bars for each version are more than most readers need. */
export function ExactInterval({ address, view }: Pick<Props, 'address' | 'view'>) {
  const shown = view.interval === 'exact'
  const wanted = { ...address, ...view, state: undefined, interval: shown ? undefined : 'exact' }
  return (
    <Text size="sm" mb="xs">
      {shown && 'The dashed grey bars are the exact intervals of Clopper and Pearson. '}
      <TextLink href={paths.outcomes(wanted)} data-screen-only>
        {shown
          ? 'Hide the Clopper–Pearson interval'
          : 'Show the Clopper–Pearson interval beside it'}
      </TextLink>
    </Text>
  )
}
