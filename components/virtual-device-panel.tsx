import { Paper, Text } from '@mantine/core'
import { TextLink } from '@/components/links'
import { paths } from '@/lib/paths'

type Props = { enrollmentId: string; disabledBecause?: string | undefined }

/** Where the person at the virtual device is played. */
export function VirtualDevicePanel({ disabledBecause }: Props) {
  return (
    <Paper withBorder p="sm">
      <Text size="sm">
        This device is SIMULATED. Its battery, its passcode and what a person does to it are in the{' '}
        <TextLink href={paths.lab()}>virtual lab’s control panel</TextLink>
        {disabledBecause ? `: ${disabledBecause}` : '.'}
      </Text>
    </Paper>
  )
}
