import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { World } from '@/lib/domain/device/device'
import { ShownWorld } from './shown-world'

type Props = {
  title: ReactNode
  description?: ReactNode
  /** The page's one primary action. */
  action?: ReactNode
  /** Badges beside the title. */
  marks?: ReactNode
  /** Which world the page shows; the shell's band marks a simulated one, once. Left out where no world applies. */
  world?: World | undefined
  /** Why this world is shown, where the program chose it. */
  worldBecause?: string | undefined
}

/** What every page begins with. */
export function PageHeader(props: Props) {
  const { title, description, action, marks, world, worldBecause } = props
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      {world && <ShownWorld world={world} />}
      <Stack gap={4} miw={0} style={{ flex: '1 1 280px' }}>
        <Group gap="xs">
          <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {marks}
        </Group>
        {description && (
          <Text c="dimmed" size="sm" component="div" maw={820}>
            {description}
          </Text>
        )}
        {worldBecause && <Text size="sm">{worldBecause}</Text>}
      </Stack>
      {action}
    </Group>
  )
}
