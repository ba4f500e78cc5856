import { Alert, Group, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { OutcomeDots } from '@/components/charts/outcome-dots'
import { OutcomeKey, OverruledKey } from '@/components/charts/outcome-sign'
import type { ChartRow } from '@/components/charts/version-axis'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import type { ConcludedTrial } from '@/lib/db/queries/trials/analytics'
import type { Environment } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'
import type { FactorName } from '@/lib/domain/trial/factors'
import type { OutcomeView } from '@/lib/domain/trial/outcome-view'
import type { PrimaryOutcome } from '@/lib/domain/trial/protocol'
import { paths } from '@/lib/paths'
import { OutcomeTable } from './outcome-table'
import { Rates } from './rates'

type ChartProps = { rows: ChartRow[]; environment: Environment; primary: PrimaryOutcome }
type Address = Record<string, string | undefined>
type QuestionProps = ChartProps & {
  dots: ConcludedTrial[]
  by: FactorName
  address: Address
  view: OutcomeView
}

const words: Record<PrimaryOutcome, { title: string; about: string }> = {
  installed: {
    title: 'Trials of an install',
    about: 'Their protocols ask for the install; a trial counts where the target was installed.',
  },
  downloaded: {
    title: 'Trials of a download',
    about:
      'Their protocols only ask to download; a trial counts where the update was downloaded and nothing was installed.',
  },
}

/** Trials with the same question: only those are counted in one rate. */
export const Question = ({
  primary,
  dots,
  rows,
  by,
  environment,
  address,
  view,
}: QuestionProps) => (
  <Stack component="section" gap="lg" aria-label={words[primary].title}>
    {/* On paper a heading keeps to its chart. */}
    <Stack gap="lg" style={{ breakInside: 'avoid' }}>
      <div>
        <Title order={2} size="h3">
          {words[primary].title}
        </Title>
        <Text size="sm" c="dimmed">
          {words[primary].about}
        </Text>
      </div>
      <Dots dots={dots} rows={rows} environment={environment} primary={primary} />
    </Stack>
    <Rates
      versions={rows}
      environment={environment}
      primary={primary}
      address={address}
      view={view}
    />
    <OutcomeTable
      rows={rows}
      by={by}
      primary={primary}
      address={address}
      exact={view.interval === 'exact'}
    />
  </Stack>
)

function Dots({ dots, rows, environment }: ChartProps & { dots: ConcludedTrial[] }) {
  const all = rows.reduce((sum, { n, leftOut, against }) => sum + n + leftOut - against, 0)
  return (
    <section aria-label="One dot per trial">
      {dots.length < all && (
        <Alert
          color="yellow"
          variant="outline"
          title={`The newest ${dots.length} of ${all} trials`}
        >
          More dots would overlap. The shares and the table below count all {all}.
        </Alert>
      )}
      <OutcomeDots
        dots={dots.map(({ id, number, row, outcome, overruled, labTag, deviceName }) => ({
          ...{ id, number, row },
          device: labTag ?? deviceName,
          mark: { outcome, overruled },
        }))}
        versions={rows}
        environment={environment}
      />
      <Group gap="xs" mt="xs">
        {outcomes
          .filter((outcome) => dots.some((dot) => dot.outcome === outcome))
          .map((outcome) => (
            <Text key={outcome} size="sm" mr="sm">
              <OutcomeKey outcome={outcome} />
            </Text>
          ))}
        {dots.some(({ overruled }) => overruled) && (
          <Text size="sm" mr="sm">
            <OverruledKey />
          </Text>
        )}
      </Group>
    </section>
  )
}

/** Outcomes that the OS before and after does not bear out: in no chart and in no rate. */
export function AgainstBuilds({ dots }: { dots: ConcludedTrial[] }) {
  if (dots.length === 0) return null
  return (
    <section aria-label="Against the builds">
      <Title order={2} size="h4">
        Decided against the OS builds
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        What a person decided is not what the OS before and after says. These trials are in no chart
        and in no rate.
      </Text>
      <List size="sm">
        {dots.map(({ id, number, startOs, outcome, labTag, deviceName }) => (
          <ListItem key={id}>
            <TextLink href={paths.trial(id)}>T-{number}</TextLink> from {startOs},{' '}
            <UserText>{labTag ?? deviceName}</UserText>: <OutcomeKey outcome={outcome} />
          </ListItem>
        ))}
      </List>
    </section>
  )
}
