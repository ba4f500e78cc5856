import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Environment } from '@/lib/domain/device/device'
import classes from './page-header.module.css'
import { ShownEnvironment } from './shown-environment'

type Props = {
  title: ReactNode
  description?: ReactNode
  /** The page's one primary action. */
  action?: ReactNode
  /** Badges beside the title. */
  marks?: ReactNode
  /** The environment the page shows; the shell marks a simulated one. Undefined where none applies. */
  environment?: Environment | undefined
  /** Why this environment is shown, when the program chose it. */
  environmentReason?: string | undefined
}

/** What every page begins with. */
export function PageHeader(props: Props) {
  const { title, description, action, marks, environment, environmentReason } = props
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      {environment && <ShownEnvironment environment={environment} />}
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
        {environmentReason && <Text size="sm">{environmentReason}</Text>}
      </Stack>
      {action}
    </Group>
  )
}

type PrintedHeadProps = { seq: number; hash: string; at: Date }

/**
 * On paper only: the head of the audit trail when the page was printed. Kept with the sheet, it proves later
 * that no earlier entry was rewritten (docs/record.md).
 */
export const PrintedHead = ({ seq, hash, at }: PrintedHeadProps) => (
  <p className={classes.head}>
    Audit trail: entry {seq}, {hash}, at {at.toISOString()}
  </p>
)
