import { List, ListItem } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import type { Claim } from '@/lib/db/queries/claims'
import type { ClaimRef } from '@/lib/domain/trial/protocol'
import { paths } from '@/lib/paths'

/** The claims that a version of a protocol names, as they were when it was saved. */
export function NamedClaims({ named, claims }: { named: readonly ClaimRef[]; claims: Claim[] }) {
  const found = named.flatMap((ref) =>
    claims.filter(({ number, version }) => number === ref.claim && version === ref.version),
  )
  return (
    <List size="sm">
      {found.map(({ claimId, number, version, statement }) => (
        <ListItem key={claimId}>
          <TextLink href={paths.claim(claimId)} size="sm">
            C-{number}
          </TextLink>{' '}
          <UserText>{statement}</UserText>
          {version > 1 && ` (version ${version} of the claim)`}
        </ListItem>
      ))}
    </List>
  )
}
