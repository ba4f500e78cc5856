import { Group, Text } from '@mantine/core'
import { type Environment, type Platform, platforms } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import { TextLink } from './links'
import { UserText } from './text'

type Props = {
  /** Devices with an unused baseline at each version, in the order of versions. */
  left: readonly { platform: Platform; version: string; tests: number }[]
  environment: Environment
}

/** How many tests each version has left, each a link to its devices; beside every list of devices. */
export function TestsLeft({ left, environment }: Props) {
  return (
    <section aria-label="Tests left">
      <Text size="sm" c="dimmed">
        Tests left, by version: devices in use whose baseline no trial has consumed and on which
        none is under way. Each is one test of its version.
      </Text>
      {left.length === 0 && <Text size="sm">None: no device has an unused baseline.</Text>}
      {platforms.map((platform) => {
        const own = left.filter((one) => one.platform === platform)
        return own.length === 0 ? null : (
          <Group key={platform} gap="xs">
            <Text size="sm" fw={600}>
              {platform}
            </Text>
            {own.map(({ version, tests }) => (
              <TextLink
                key={version}
                href={paths.devices({ environment, platform, version, unused: 1 })}
                size="sm"
              >
                <UserText>{version}</UserText>: {tests}
              </TextLink>
            ))}
          </Group>
        )
      })}
    </section>
  )
}
