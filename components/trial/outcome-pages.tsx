import { Group } from '@mantine/core'
import type { Params } from '@/lib/paths'
import { paths } from '@/lib/paths'
import { TextLink } from '../data/links'

const pages = {
  outcomes: 'Rates',
  survival: 'Time to event',
  predictions: 'Expectation against result',
  flow: 'Flow diagram',
  agreement: 'Reader agreement',
} as const

/** The pages that look at the same trials, with the filters of this one kept. */
export const OutcomePages = ({
  shown,
  address,
}: {
  shown: keyof typeof pages
  address: Params
}) => (
  <Group component="nav" gap="md" mb="sm" aria-label="Outcomes" data-screen-only>
    {(Object.keys(pages) as (keyof typeof pages)[]).map((page) =>
      page === shown ? (
        <strong key={page} aria-current="page">
          {pages[page]}
        </strong>
      ) : (
        <TextLink key={page} href={paths[page](address)}>
          {pages[page]}
        </TextLink>
      ),
    )}
  </Group>
)
