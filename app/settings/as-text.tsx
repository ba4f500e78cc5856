import {
  SimpleGrid,
  Stack,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import { readingFieldNames, readingFields } from '@/lib/domain/reading/reading'
import { labSettingInfo } from '@/lib/domain/settings'
import { type SettingsText, singles, twoPersonChoices, units } from './schema'

type Props = { settings: SettingsText; reason: string }

const shownUnits: Record<keyof typeof units, string> = {
  ...units,
  minBattery: '(a fraction from 0 to 1)',
}

/** The settings as text, for people who may not change them. */
export function SettingsAsText({ settings, reason }: Props) {
  const release = twoPersonChoices.find(({ value }) => value === settings.twoPersonRelease)
  return (
    <Stack gap="md">
      <Text size="sm">You can read the settings here, but not change them. {reason}</Text>
      <Table variant="vertical" aria-label="Conditions and times" withTableBorder>
        <TableTbody>
          {singles.map((name) => (
            <Row
              key={name}
              label={labSettingInfo[name].label}
              value={`${settings[name]} ${shownUnits[name]}`}
              source={labSettingInfo[name].source}
            />
          ))}
          <Row
            label={labSettingInfo.twoPersonRelease.label}
            value={release?.label ?? settings.twoPersonRelease}
            source={labSettingInfo.twoPersonRelease.source}
          />
          <Row
            label={labSettingInfo.labName.label}
            value={settings.labName || 'none'}
            source={labSettingInfo.labName.source}
          />
          <Row
            label={labSettingInfo.timeZone.label}
            value={settings.timeZone}
            source={labSettingInfo.timeZone.source}
          />
        </TableTbody>
      </Table>
      <section aria-labelledby="ages">
        <Title order={2} size="h4" id="ages">
          Maximum age of a reading, in minutes
        </Title>
        <Text size="sm" c="dimmed" mb="xs">
          An older reading counts as unknown, and unknown never qualifies.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xs" component="dl" m={0}>
          {readingFieldNames.map((name) => (
            <div key={name}>
              <Text size="sm" display="inline" component="dt">
                {readingFields[name].label}:{' '}
              </Text>
              <Text size="sm" display="inline" fw={600} component="dd" m={0}>
                {settings.maxAges[name]}
              </Text>
            </div>
          ))}
        </SimpleGrid>
      </section>
    </Stack>
  )
}

type RowProps = { label: string; value: string; source: string }

const Row = ({ label, value, source }: RowProps) => (
  <TableTr>
    <TableTh w="45%">{label}</TableTh>
    <TableTd style={{ overflowWrap: 'anywhere' }}>
      <Text size="sm" fw={600}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {source}
      </Text>
    </TableTd>
  </TableTr>
)
