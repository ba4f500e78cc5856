import { Text } from '@mantine/core'
import type { Environment } from '@/lib/domain/device/device'
import { TextLink } from './links'

const words: Record<Environment, string> = { real: 'Real', simulated: 'Simulated' }

export const otherEnvironment = (environment: Environment): Environment =>
  environment === 'real' ? 'simulated' : 'real'

type Props = { count: number; environment: Environment; href: string }

/** Where the environment that is shown has nothing, what the same filters find in the other: "1 in Real". */
export const InOtherEnvironment = ({ count, environment, href }: Props) =>
  count === 0 ? null : (
    <Text size="sm">
      <TextLink href={href}>
        {count.toLocaleString('en')} in {words[environment]}
      </TextLink>
    </Text>
  )
