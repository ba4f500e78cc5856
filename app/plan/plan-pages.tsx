import { Group } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { type Params, paths } from '@/lib/paths'

const pages = {
  plan: 'Coverage and next trials',
  planCalendar: 'Calendar',
  planQueue: 'Queue',
  planBudget: 'Trials left',
  planProcurement: 'Devices to buy',
} as const
type PlanPage = keyof typeof pages

/** The pages of the plan. They share the environment, the platform and the start version. */
export const PlanPages = ({ shown, address }: { shown: PlanPage; address: Params }) => (
  <Group component="nav" gap="md" mb="sm" aria-label="Plan" data-screen-only>
    {/* Object.keys returns string[]; the table above has every page once. */}
    {(Object.keys(pages) as PlanPage[]).map((page) =>
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

/** "12", or "8 to 15, expected 12": a count with its uncertainty. */
export const rangeInWords = ({
  low,
  expected,
  high,
}: {
  low: number
  expected: number
  high: number
}): string => (low === high ? `${expected}` : `${low} to ${high}, expected ${expected}`)
