import { Group, Stack, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { authorize } from '@/lib/auth/guard'
import { listClaimResults, listClaimVersions, type TrialClaim } from '@/lib/db/queries/claims'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { refusalFor } from '@/lib/domain/account/permissions'
import { claimFindingInfo, notAbout } from '@/lib/domain/claim/claim'
import { paths } from '@/lib/paths'
import { DecideClaim } from '../occasional'

/** What a concluded trial says about the claims that its protocol names. */
export async function TrialClaims({ trial }: { trial: Trial }) {
  const { actor, db } = await authorize('look')
  const results = await listClaimResults(db, { trialId: trial.id })
  if (results.length === 0) return null
  const statements = new Map((await listClaimVersions(db)).map((one) => [one.id, one.statement]))
  const mayNot = refusalFor(actor, 'decideClaim')
  return (
    <Card title="Claims">
      <Stack gap="md">
        {results.map((one) => (
          <div key={one.claimVersionId}>
            <Text size="sm">
              <TextLink href={paths.claim(one.claimId)} size="sm">
                C-{one.claim}
              </TextLink>{' '}
              <UserText>{statements.get(one.claimVersionId) ?? ''}</UserText>
            </Text>
            <Group gap="sm">
              <Said result={one} />
              {notAbout(one) === undefined && one.comparedBy === 'screen' && (
                <DecideClaim
                  trialId={trial.id}
                  claimVersionId={one.claimVersionId}
                  claim={one.claim}
                  decided={one.finding !== undefined}
                  mayNot={mayNot}
                />
              )}
            </Group>
          </div>
        ))}
      </Stack>
    </Card>
  )
}

function Said({ result }: { result: TrialClaim }) {
  const { finding, comparedBy, reason, byName, at } = result
  const apart = notAbout(result)
  if (apart !== undefined) return <Text size="sm">{apart}</Text>
  if (!finding) return <Text size="sm">No lead has decided what this trial says about it.</Text>
  return (
    <Text size="sm" component="div">
      This trial <b>{claimFindingInfo[finding].label}</b>
      {comparedBy === 'reply' ? ', by its replies' : ''}
      {byName && at && (
        <>
          , by <UserText>{byName}</UserText> <When at={at} />
        </>
      )}
      {reason && (
        <div>
          “<UserText>{reason}</UserText>”
        </div>
      )}
    </Text>
  )
}
