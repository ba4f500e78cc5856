'use client'

import { Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useAheadMs } from '@/components/data/when'
import { usePerson } from '@/components/forms/drafts'
import { fetchedAhead } from '@/components/forms/late'
import type { BenchProps } from './bench'
import { type AboutBench, forgetBench, keepBench } from './kept-bench'
import { Tapped } from './tapped'

type Props = {
  bench: BenchProps
  about: AboutBench
  personName: string
}

const worker = '/sw.js'

/** Keeps the bench in this browser, with the worker that shows it when there is no connection, and says whether it does. */
export function KeepBench({ bench, about, personName }: Props) {
  const person = usePerson()
  const aheadMs = useAheadMs(bench.serverNow)
  const [isStored, setStored] = useState<boolean>()
  const state = useWorker()
  useEffect(() => {
    if (!person) return
    setStored(keepBench({ ...about, bench, aheadMs, person: { id: person, name: personName } }))
  }, [person, personName, about, bench, aheadMs])
  if (state === undefined || isStored === undefined) return null
  const problem = isStored ? state.problem : 'it stores nothing'
  return (
    <Text size="xs" c="dimmed" data-record-only={problem === undefined || undefined}>
      {problem === undefined
        ? `Kept in this browser: it can be used without a connection too, but for releases.${state.isLasting ? '' : ' The browser may delete it when its disk is full.'}`
        : `This browser keeps nothing for when there is no connection: ${problem}.`}
    </Text>
  )
}

type LeftProps = { trialId: string; serverNow: Date }

/**
 * Where there is no bench any more: what was not in the record when the trial ended is sent, and stays with the reason if it
 * is refused. The bench itself is kept no longer.
 */
export function LeftBench({ trialId, serverNow }: LeftProps) {
  const person = usePerson()
  useEffect(() => {
    if (person) forgetBench(person, trialId)
  }, [person, trialId])
  return <Tapped serverNow={serverNow} />
}

type WorkerState = { problem: string | undefined; isLasting: boolean }

/** Undefined until the browser has answered. The dev server has no worker: its pages change under it. */
function useWorker(): WorkerState | undefined {
  const [state, setState] = useState<WorkerState>()
  useEffect(() => {
    if (process.env.NODE_ENV === 'development') return
    let isShown = true
    const show = (next: WorkerState) => {
      if (isShown) setState(next)
    }
    startWorker().then(
      (isLasting) => show({ problem: undefined, isLasting }),
      (error: unknown) =>
        show({ problem: error instanceof Error ? error.message : String(error), isLasting: false }),
    )
    return () => {
      isShown = false
    }
  }, [])
  return state
}

/**
 * Ends when the page can be used without a connection: the worker has its own, and this one what its presses open.
 * @returns whether the browser promises to keep what is stored
 */
async function startWorker(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) throw new Error('it has no service workers here')
  await navigator.serviceWorker.register(worker, { scope: '/', updateViaCache: 'none' })
  await navigator.serviceWorker.ready
  await fetchedAhead()
  // Firefox asks its person each time, so what was promised once is not asked for again.
  const { storage } = navigator
  return (await storage?.persisted?.()) || ((await storage?.persist?.()) ?? false)
}
