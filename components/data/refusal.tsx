import { Alert, List, ListItem, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type Props = {
  title?: string
  /** The reason, or several. */
  because: string | readonly string[]
  /** What to do next. */
  children?: ReactNode
}

/** What was refused, why, and what to do. */
export function Refusal({ title = 'Not done', because, children }: Props) {
  const reasons = typeof because === 'string' ? [because] : because
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      title={title}
      icon={<IconHandStop aria-hidden />}
    >
      <Stack gap="xs">
        {reasons.length === 1 ? (
          <Text size="sm">{reasons[0]}</Text>
        ) : (
          <List size="sm">
            {reasons.map((reason) => (
              <ListItem key={reason}>{reason}</ListItem>
            ))}
          </List>
        )}
        {children && (
          <Text size="sm" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Alert>
  )
}
