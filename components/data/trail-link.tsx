import { Text } from '@mantine/core'
import { type Actor, refusalFor } from '@/lib/domain/account/actor'
import { type Params, paths } from '@/lib/paths'
import { TextLink } from './links'

type Props = { actor: Actor; about: Params; children: string }

/** To the entries of the audit trail about one thing; who may not read the trail is told so. */
export function TrailLink({ actor, about, children }: Props) {
  const because = refusalFor(actor, 'readTrail')
  return because ? (
    <Text span size="sm" c="dimmed" title={because} aria-disabled>
      {children}
    </Text>
  ) : (
    <TextLink href={paths.audit(about)} size="sm">
      {children}
    </TextLink>
  )
}
