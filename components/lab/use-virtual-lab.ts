'use client'

import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { unstable_rethrow } from 'next/navigation'
import { useTransition } from 'react'
import { paths } from '@/lib/paths'
import type { LabView } from '@/lib/virtual-lab/control-client'

export type LabResult = { status: string; reason?: string }

const everyMs = 2000
const key = ['virtual-lab']

async function look({ signal }: { signal: AbortSignal }): Promise<LabView> {
  const answer = await fetch(paths.virtualLab(), { signal })
  const body: LabView & { error?: string } = await answer.json()
  if (!answer.ok) throw new Error(body.error ?? `The answer was ${answer.status}.`)
  return body
}

/** The state of the virtual lab, fetched every two seconds while the page is visible. */
export function useVirtualLab() {
  const queries = useQueryClient()
  const [busy, start] = useTransition()
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: look,
    refetchInterval: everyMs,
    retry: 1,
    retryDelay: 500,
    // A lab on this machine also answers without the Internet.
    networkMode: 'always',
  })

  /** Runs an action, shows a refusal as a notification, and fetches the state again. */
  const run = (action: () => Promise<LabResult>) =>
    start(async () => {
      const result = await action().catch((cause: unknown) => {
        // Next sends people to sign-in by throwing; everything else here is a lost connection.
        unstable_rethrow(cause)
        return { status: 'refused', reason: 'No answer came from the server.' }
      })
      if (result.status === 'refused')
        notifications.show({ color: 'red', title: 'Not done', message: result.reason })
      await queries.invalidateQueries({ queryKey: key })
    })

  return { view: data, error, busy, run }
}
