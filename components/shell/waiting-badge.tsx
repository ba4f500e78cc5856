'use client'

import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { paths } from '@/lib/paths'

const everyMs = 15_000
const maxShown = 99

async function countWaiting(environment: string | null, signal: AbortSignal): Promise<number> {
  const answer = await fetch(paths.waiting({ environment }), { signal })
  if (!answer.ok) throw new Error(`The answer was ${answer.status}.`)
  const body: { waiting: number } = await answer.json()
  return body.waiting
}

/** How many things wait for this person, counted anew every 15 s while the page is visible; nothing while that is unknown. */
export function WaitingBadge({ environment }: { environment: string | null }) {
  const { data: waiting = 0, isError } = useQuery({
    queryKey: ['waiting', environment],
    queryFn: ({ signal }) => countWaiting(environment, signal),
    refetchInterval: everyMs,
    retry: 1,
    networkMode: 'always',
  })
  // An old number could send somebody to a list that is empty by now.
  if (waiting === 0 || isError) return null
  return (
    <Badge
      size="sm"
      variant="default"
      role="img"
      aria-label={`${waiting} waiting for you`}
      title={`${waiting} waiting for you`}
    >
      {waiting > maxShown ? `${maxShown}+` : waiting}
    </Badge>
  )
}
