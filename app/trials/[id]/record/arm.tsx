import { Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { armAsks, armMethodWords, armNamed, stratumWords } from '@/lib/domain/trial/arms'

/** The arm of a trial and what it asks for; nothing in a protocol without arms. */
export function ArmAsks({ view: { version } }: { view: TrialView }) {
  const { arm, plan } = version
  if (!arm) return null
  return (
    <Text size="sm">
      <b>Arm:</b> <UserText>{arm.arm}</UserText>, assigned {armMethodWords[arm.method]}. It asks
      for: {armAsks(armNamed(plan, arm.arm))}.
    </Text>
  )
}

/** How the trial got its arm, and the place in the list that it was drawn from. */
export function ArmAssigned({ view: { version } }: { view: TrialView }) {
  const { arm } = version
  if (!arm) return null
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {arm.method === 'choice' ? (
        <>
          <b>Chosen because:</b> <UserText>{arm.reason}</UserText>;{' '}
        </>
      ) : (
        <>
          <b>Drawn as:</b> position {arm.position} in{' '}
          <UserText>{stratumWords(arm.stratum ?? '{}')}</UserText>, block {arm.block}, of the list
          whose seed has the SHA-256 <code>{arm.seedSha256}</code>;{' '}
        </>
      )}
      by <UserText>{arm.byName}</UserText> <When at={arm.at} />
    </Text>
  )
}
