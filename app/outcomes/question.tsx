import { Alert, Group, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { OutcomeDots } from '@/components/charts/outcome-dots'
import { OutcomeKey, OverruledKey } from '@/components/charts/outcome-sign'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import type { ConcludedTrial } from '@/lib/db/queries/trials/analytics'
import type { Environment } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { maxDots, maxDotsInRow } from '@/lib/domain/statistics/dots'
import type { FactorName } from '@/lib/domain/trial/factors'
import type { OutcomeView } from '@/lib/domain/trial/outcome-view'
import { primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { paths } from '@/lib/paths'
import { OutcomeTable } from './outcome-table'
import { Rates } from './rates'
import { dotsOf, type OutcomeGroup } from './read-groups'
import { inWords } from './share'

type Address = Record<string, string | undefined>
type QuestionProps = OutcomeGroup & {
  environment: Environment
  by: FactorName
  address: Address
  view: OutcomeView
}

/** Trials with the same question: only those are counted in one rate. */
export const Question = ({ by, environment, address, view, ...group }: QuestionProps) => (
  <Stack component="section" gap="lg" aria-label={primaryOutcomeInfo[group.primary].title}>
    {/* On paper a heading keeps to its chart. */}
    <Stack gap="lg" style={{ breakInside: 'avoid' }}>
      <div>
        <Title order={2} size="h3">
          {primaryOutcomeInfo[group.primary].title}
        </Title>
        <Text size="sm" c="dimmed">
          Their protocols have this primary outcome; a trial counts where{' '}
          {primaryOutcomeInfo[group.primary].countsWhere}.
        </Text>
      </div>
      <Dots group={group} environment={environment} />
    </Stack>
    <Rates
      versions={group.rows}
      environment={environment}
      primary={group.primary}
      address={address}
      view={view}
    />
    <OutcomeTable
      rows={group.rows.map(inWords)}
      by={by}
      primary={group.primary}
      address={address}
      exact={view.interval === 'exact'}
    />
  </Stack>
)

type DotsProps = { group: OutcomeGroup; environment: Environment }

function Dots({ group: { dots, drawn, tooMany }, environment }: DotsProps) {
  return (
    <section aria-label="One dot per trial">
      {tooMany.length > 0 && <WithoutDots rows={tooMany} />}
      {drawn.length > 0 && (
        <OutcomeDots
          dots={dots.map(({ id, number, row, outcome, overruled, labTag, deviceName }) => ({
            ...{ id, number, row },
            device: labTag ?? deviceName,
            mark: { outcome, overruled },
          }))}
          versions={drawn}
          environment={environment}
        />
      )}
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

/** As many names as fit two lines. */
const maxNamed = 8

/** Rows that are not drawn, so that none is taken for one without a trial. */
const WithoutDots = ({ rows }: { rows: OutcomeGroup['tooMany'] }) => (
  <Alert color="gray" variant="outline" mb="xs" title="Counted, not drawn as dots">
    <UserText>
      {rows
        .slice(0, maxNamed)
        .map((row) => `${row.label}: ${dotsOf(row).toLocaleString('en')} trials`)
        .join(' · ')}
    </UserText>
    {rows.length > maxNamed && ` and ${rows.length - maxNamed} more`}. A row has dots up to{' '}
    {maxDotsInRow} trials, and the chart up to {maxDots.toLocaleString('en')}: more would overlap.
    The shares and the table below count every trial, and the export lists them.
  </Alert>
)

/** Outcomes that the OS before and after does not bear out: in no chart and in no rate. */
export function AgainstBuilds({ dots, all }: { dots: ConcludedTrial[]; all: number }) {
  if (dots.length === 0) return null
  return (
    <section aria-label="Against the builds">
      <Title order={2} size="h4">
        Decided against the OS builds
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        What a person decided is not what the OS before and after says. These trials are in no chart
        and in no rate.
        {dots.length < all && ` The newest ${dots.length} of ${all.toLocaleString('en')}.`}
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
