import { Alert, List, ListItem, Stack, Text } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { FilterProblem } from '@/lib/domain/text/address-filter'

type Props = {
  title?: string
  /** The reason, or several. */
  reason: string | readonly string[]
  /** What to do next. */
  children?: ReactNode
}

/** What was refused, why, and what to do. */
export function Refusal({ title = 'Not done', reason, children }: Props) {
  const reasons = typeof reason === 'string' ? [reason] : reason
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      title={title}
      icon={<IconHandStop aria-hidden />}
    >
      <Stack gap="xs">
        {reasons.length === 1 ? (
          <Text size="sm">{reasons[0]}</Text>
        ) : (
          <List size="sm">
            {reasons.map((reason) => (
              <ListItem key={reason}>{reason}</ListItem>
            ))}
          </List>
        )}
        {children && (
          <Text size="sm" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Alert>
  )
}

type FilterProblemsProps = {
  problems: readonly (FilterProblem & { title?: string })[]
  title?: string
}

/** Each value of an address that was not understood, with what is accepted in its place. */
export const FilterProblems = ({
  problems,
  title: usual = 'A filter was ignored',
}: FilterProblemsProps) =>
  problems.map(({ field, reason, accepted, title = usual }) => (
    <Refusal key={field} title={title} reason={`${reason}. Accepted: ${accepted}.`} />
  ))
