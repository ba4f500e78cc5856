import { Text } from '@mantine/core'
import type { World } from '@/lib/domain/device/device'
import { TextLink } from './links'

const words: Record<World, string> = { real: 'Real', simulated: 'Simulated' }

export const otherWorld = (world: World): World => (world === 'real' ? 'simulated' : 'real')

type Props = { count: number; world: World; href: string }

/** Where the environment that is shown has nothing, what the same filters find in the other: "1 in Real". */
export const InOtherEnvironment = ({ count, world, href }: Props) =>
  count === 0 ? null : (
    <Text size="sm">
      <TextLink href={href}>
        {count.toLocaleString('en')} in {words[world]}
      </TextLink>
    </Text>
  )
