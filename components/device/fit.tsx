import { Alert, Group, Text } from '@mantine/core'
import { IconTargetOff } from '@tabler/icons-react'
import type { ProtocolFit } from '@/lib/domain/trial/protocol-fit'
import { OverallBadge } from './verdict-badge'

/** Whether this protocol fits this device, said before anything is drafted. */
export function Fit({ fit }: { fit: ProtocolFit }) {
  if (fit.targetMissed)
    return (
      <Alert
        color="red"
        variant="outline"
        icon={<IconTargetOff aria-hidden />}
        title="This protocol does not fit this device"
      >
        {fit.reason}. A trial of it could be sealed and armed, but never released: choose another
        protocol or another device.
      </Alert>
    )
  return (
    <div>
      <Group gap="xs">
        <OverallBadge overall={fit.overall} />
        <Text size="sm">{fit.reason}</Text>
      </Group>
      {fit.overall !== 'qualified' && (
        <Text size="xs" c="dimmed">
          It can be drafted anyway, and released once the device qualifies for this protocol.
        </Text>
      )}
    </div>
  )
}
