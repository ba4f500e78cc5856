import { Paper, Stack, Text, Title } from '@mantine/core'
import { type Icon, IconMoodEmpty } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Environment } from '@/lib/domain/device/device'
import { TextLink } from './links'

type Props = {
  title: string
  /** Why it is empty and what to do about it. */
  children?: ReactNode
  /** The one thing to do, a link or a button. */
  action?: ReactNode
  icon?: Icon
  /** 1 where it is the whole page. */
  order?: 1 | 2
}

/** Shown in place of an empty list: why it is empty, and what to do. */
export function EmptyState({
  title,
  children,
  action,
  icon: Shape = IconMoodEmpty,
  order = 2,
}: Props) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="xs" ta="center">
        <Shape size={36} stroke={1.2} color="var(--mantine-color-dimmed)" aria-hidden />
        <Title order={order} size="h4">
          {title}
        </Title>
        {children && (
          <Text c="dimmed" size="sm" maw={520} component="div">
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Paper>
  )
}

const environmentWords: Record<Environment, string> = { real: 'Real', simulated: 'Simulated' }

export const otherEnvironment = (environment: Environment): Environment =>
  environment === 'real' ? 'simulated' : 'real'

type OtherEnvironmentProps = { count: number; environment: Environment; href: string }

/** What the same filters find in the other environment, such as "1 in Real". */
export const InOtherEnvironment = ({ count, environment, href }: OtherEnvironmentProps) =>
  count === 0 ? null : (
    <Text size="sm">
      <TextLink href={href}>
        {count.toLocaleString('en')} in {environmentWords[environment]}
      </TextLink>
    </Text>
  )
