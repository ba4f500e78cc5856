import { Anchor, Stack, Text } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { paths } from '@/lib/paths'

type Props = { trialId: string; actor: Actor }

/** Links to the trial as a whole: its report, and its complete copy. */
export const WholeTrial = (props: Props) => (
  // A target for a finger of its own (WCAG 2.5.8, 24 by 24 px).
  <Stack gap={6} align="flex-start" data-screen-only>
    <TextLink href={paths.trialReport(props.trialId)} size="sm">
      Report of this trial
    </TextLink>
    <CopyLinks {...props} />
  </Stack>
)

/** Links to the complete copy of a trial with its trail; without the permission, the reason. */
function CopyLinks({ trialId, actor }: Props) {
  const reason = refusalFor(actor, 'readTrail')
  if (reason)
    return (
      <Text size="sm" c="dimmed" title={reason} aria-disabled>
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
