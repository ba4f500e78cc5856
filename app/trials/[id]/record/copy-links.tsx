import { Anchor, Text } from '@mantine/core'
import { type Actor, refusalFor } from '@/lib/domain/account/actor'
import { paths } from '@/lib/paths'

type Props = { trialId: string; actor: Actor }

/** Links to the complete copy of a trial with its trail; whoever may not have it sees why. */
export function CopyLinks({ trialId, actor }: Props) {
  const because = refusalFor(actor, 'readTrail')
  if (because)
    return (
      <Text size="sm" c="dimmed" title={because} aria-disabled>
        Complete copy (JSON, text)
      </Text>
    )
  return (
    <Text size="sm">
      <Anchor href={paths.trialCopy(trialId)} size="sm">
        Complete copy (JSON)
      </Anchor>{' '}
      ·{' '}
      <Anchor href={paths.trialCopy(trialId, { as: 'text' })} size="sm">
        as text
      </Anchor>
    </Text>
  )
}
