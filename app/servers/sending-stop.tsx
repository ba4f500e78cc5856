import { Alert, List, ListItem, Stack, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { ListedAlarm } from '@/lib/db/queries/devices/device-alarms'
import type { SendingStop } from '@/lib/db/queries/servers/sending-stops'
import { paths } from '@/lib/paths'
import { EndStop } from './send-again'

type Props = { stop: SendingStop; waiting: ListedAlarm[]; refusal: string | undefined }

/** Why nothing is sent at all, which devices wait for a lead, and the way out. */
export function SendingStopAlert({ stop, waiting, refusal }: Props) {
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      icon={<IconAlertOctagon aria-hidden />}
      title="All sending is stopped"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          <UserText>{stop.reason}</UserText> (found <When at={stop.foundAt} />)
        </Text>
        <Text size="sm">
          This happens when a standby was promoted, a backup or a snapshot was put back, or the data
          folder was moved. A command that was sent may be missing from the record, and sending it
          again could start an installation.
        </Text>
        {waiting.length > 0 && (
          <div>
            <Text size="sm">
              A lead looks at each of these devices (which OS does it run, is an update waiting or
              installing?) and clears its alarm:
            </Text>
            <List size="sm">
              {waiting.map((alarm) => (
                <ListItem key={alarm.id}>
                  <TextLink href={paths.device(alarm.deviceId)}>
                    <UserText>{alarm.labTag ?? alarm.deviceName}</UserText>
                  </TextLink>
                  : <UserText>{alarm.reason}</UserText>
                </ListItem>
              ))}
            </List>
          </div>
        )}
        <EndStop
          stopId={stop.id}
          refusal={
            refusal ??
            (waiting.length > 0 ? 'Look at the devices first, and clear their alarms.' : undefined)
          }
        />
      </Stack>
    </Alert>
  )
}
