import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Then } from '@/lib/core/record/look-back'
import type { Environment } from '@/lib/domain/device/device'
import { AsOf, Changes, ChooseInstant, type HrefAt, LimitsOfThePast, NothingThen } from './as-of'
import { TextLink } from './links'
import { PageHeader } from './page-header'
import { Refusal } from './refusal'

type Props<T> = {
  found: Then<T>
  title: ReactNode
  /** The same in words. */
  what: string
  environment: Environment
  hrefAt: HrefAt
  now: Date
  /** What this page cannot know of then, beside what no page can. */
  limits: ReactNode
  children: (then: T, at: Date) => ReactNode
}

/** A record as it was at an instant, or why it cannot be shown; and the way to other instants. */
export function PastPage<T>({ found, title, what, environment, hrefAt, now, ...props }: Props<T>) {
  if (found.status === 'refused')
    return (
      <>
        <PageHeader title={title} environment={environment} />
        <Stack gap="lg">
          <Refusal title="That moment cannot be shown" because={found.because}>
            <TextLink href={hrefAt()}>Back to now</TextLink>
          </Refusal>
          <ChooseInstant hrefAt={hrefAt} now={now} />
        </Stack>
      </>
    )
  const { at, changes } = found
  return (
    <AsOf at={at} hrefAt={hrefAt} changes={changes}>
      {found.status === 'shown' ? (
        props.children(found.then, at)
      ) : (
        <>
          <PageHeader title={title} environment={environment} />
          <NothingThen {...found} what={what} hrefAt={hrefAt} />
        </>
      )}
      <Stack gap="lg" mt="lg">
        <ChooseInstant hrefAt={hrefAt} at={at} now={now} />
        <Changes changes={changes} hrefAt={hrefAt} at={at} />
        <LimitsOfThePast>{props.limits}</LimitsOfThePast>
      </Stack>
    </AsOf>
  )
}
