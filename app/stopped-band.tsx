import { Alert, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { paths } from '@/lib/paths'

/** On every page while all sending is stopped. */
export function StoppedBand() {
  return (
    <Alert
      role="status"
      color="red"
      variant="outline"
      mb="sm"
      py="xs"
      icon={<IconAlertOctagon aria-hidden />}
    >
      <Text size="sm">
        All sending is stopped: the database may be older than what was sent.{' '}
        <TextLink href={paths.servers()}>What to do</TextLink>
      </Text>
    </Alert>
  )
}
