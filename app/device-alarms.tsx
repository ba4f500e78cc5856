import { Alert, Group, List, ListItem, Stack, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { DeviceAlarm, ListedAlarm } from '@/lib/db/queries/devices/device-alarms'
import { alarmTitles } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import { ClearAlarm } from './clear-alarm'

type Props = { alarms: DeviceAlarm[]; mayNotClear: string | undefined }

/** The alarms of one device: each that is open with its way out, those that were cleared in small. */
export function DeviceAlarms({ alarms, mayNotClear }: Props) {
  return alarms.map((alarm) =>
    alarm.clearedAt === null ? (
      <Alert
        key={alarm.id}
        role="alert"
        color="red"
        variant="outline"
        icon={<IconAlertOctagon aria-hidden />}
        title={`${alarmTitles[alarm.kind]}: nothing is released on this device`}
      >
        <Stack gap="xs" align="flex-start">
          <Text size="sm">
            <UserText>{alarm.reason}</UserText> <Raised alarm={alarm} />
          </Text>
          <ClearAlarm
            alarmId={alarm.id}
            reason={alarm.reason}
            identity={alarm.identity ?? undefined}
            refusal={mayNotClear}
          />
        </Stack>
      </Alert>
    ) : (
      <Text key={alarm.id} size="xs" c="dimmed">
        {alarmTitles[alarm.kind]} <Raised alarm={alarm} /> · cleared by{' '}
        <UserText>{alarm.clearedByName}</UserText> <When at={alarm.clearedAt} />:{' '}
        <UserText>{alarm.clearedReason}</UserText>
      </Text>
    ),
  )
}

function Raised({ alarm: { raisedAt, rawEventId } }: { alarm: DeviceAlarm }) {
  return (
    <>
      (<When at={raisedAt} />
      {rawEventId !== null && (
        <>
          {', '}
          <TextLink href={paths.event(rawEventId)}>event {rawEventId}</TextLink>
        </>
      )}
      )
    </>
  )
}

/** Above the list of devices: which of them have an open alarm. */
export function OpenAlarms({ alarms }: { alarms: ListedAlarm[] }) {
  if (alarms.length === 0) return null
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      mb="sm"
      icon={<IconAlertOctagon aria-hidden />}
      title={alarms.length === 1 ? 'One alarm is open' : `${alarms.length} alarms are open`}
    >
      <List listStyleType="none" spacing="xs">
        {alarms.map((alarm) => (
          <ListItem key={alarm.id}>
            <Group gap="xs">
              <TextLink href={paths.device(alarm.deviceId)}>
                <UserText>{alarm.labTag ?? alarm.deviceName}</UserText>
              </TextLink>
              <Text size="sm">
                {alarmTitles[alarm.kind]}, <When at={alarm.raisedAt} />. A lead clears it on the
                device’s page.
              </Text>
            </Group>
          </ListItem>
        ))}
      </List>
    </Alert>
  )
}
