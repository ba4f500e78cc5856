import { Group, ProgressRoot, ProgressSection, Text } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { ListedRun } from '@/lib/db/queries/devices/query-runs'
import { runDeviceLabels, runDeviceStates } from '@/lib/domain/device/query-run'
import { paths } from '@/lib/paths'

const colors = {
  waiting: 'gray.5',
  querying: 'blue',
  answered: 'green',
  notAnswered: 'yellow',
  notQueried: 'red',
} as const

/** How many devices of a run are in which state, in words and as a bar. */
export function RunProgress({ run }: { run: ListedRun }) {
  const { counts } = run
  const found = runDeviceStates.flatMap((state) =>
    counts[state] ? [{ state, n: counts[state] }] : [],
  )
  const all = found.reduce((sum, { n }) => sum + n, 0)
  return (
    <>
      <ProgressRoot size="md" mb={6} aria-hidden>
        {found.map(({ state, n }) => (
          <ProgressSection key={state} value={(100 * n) / all} color={colors[state]} />
        ))}
      </ProgressRoot>
      <Text size="sm">
        {all} {all === 1 ? 'device' : 'devices'}:{' '}
        {found.map(({ state, n }) => `${n} ${runDeviceLabels[state].toLowerCase()}`).join('; ')}
      </Text>
    </>
  )
}

/** What is being queried, on the list of devices. */
export function OpenRuns({ runs }: { runs: readonly ListedRun[] }) {
  return runs.map((run) => (
    <Group key={run.id} component="section" aria-label="Query run" mb="sm" gap="xs" display="block">
      <RunProgress run={run} />
      <Text size="sm" c="dimmed">
        Begun <When at={run.startedAt} /> by <UserText>{run.startedByName}</UserText>
        {run.freshUntil && (
          <>
            , kept fresh until <When at={run.freshUntil} exact />
          </>
        )}
        . <TextLink href={paths.queryRuns({ run: run.id })}>Show the devices</TextLink>
      </Text>
    </Group>
  ))
}
