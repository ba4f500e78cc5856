import { List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import { actOnDeviceAction, setSpeedAction } from '@/app/lab-actions'
import { UserText } from '@/components/data/text'
import { VirtualLabPanel } from '@/components/lab/virtual-lab-panel'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { ObserveForm } from './observe-form'

type Props = { view: TrialView; actor: Actor; now: Date }

/** The bench: the steps to do, what to expect of each, and large buttons for what is seen. */
export function ObserveCard({ view, actor, now }: Props) {
  const { trial, version } = view
  return (
    <Paper withBorder p="md" component="section" aria-label="Bench">
      <Stack gap="md">
        <Title order={2} size="h4">
          At the bench
        </Title>
        <List type="ordered" size="sm" spacing={4}>
          {version.plan.steps.map(({ doThis, expect }) => (
            <ListItem key={`${doThis} ${expect}`}>
              <UserText>{doThis}</UserText>
              <Text size="sm" c="dimmed">
                expected: <UserText>{expect}</UserText>
              </Text>
            </ListItem>
          ))}
        </List>
        <ObserveForm
          trialId={trial.id}
          serverNow={now.toISOString()}
          deadlineAt={trial.deadlineAt?.toISOString()}
          reason={refusalFor(actor, 'observe')}
        />
        <VirtualBench view={view} actor={actor} />
      </Stack>
    </Paper>
  )
}

/** In a simulated trial, in place of the device at the bench: its serial, its screen, its buttons. */
export function VirtualBench({
  view,
  actor,
  open = false,
}: Pick<Props, 'view' | 'actor'> & { open?: boolean }) {
  const { trial, device } = view
  if (!trial.simulated || !device.enrollmentId) return null
  return (
    <details open={open} data-screen-only>
      <summary>The virtual device (SIMULATED)</summary>
      <VirtualLabPanel
        only={device.enrollmentId}
        reason={refusalFor(actor, 'controlVirtualLab')}
        act={actOnDeviceAction}
        setSpeed={setSpeedAction}
      />
    </details>
  )
}
