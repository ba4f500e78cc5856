import { Button } from '@mantine/core'
import { type Params, paths } from '@/lib/paths'
import { ButtonLink } from '../data/links'

type Props = {
  /** The contradiction or the trial it is written from. */
  from: Params
  /** Why this person writes none. */
  reason: string | undefined
}

/** Leads to the report to Apple that the record gives. */
export function WriteRadar({ from, reason }: Props) {
  return reason ? (
    <Button size="compact-xs" variant="default" disabled title={reason}>
      Write a radar
    </Button>
  ) : (
    <ButtonLink size="compact-xs" variant="default" href={paths.radarNew(from)}>
      Write a radar
    </ButtonLink>
  )
}
