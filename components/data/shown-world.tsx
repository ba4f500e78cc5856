'use client'

import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import type { World } from '@/lib/domain/device/device'

type Told = { world: World | undefined; tell: (world: World | undefined) => void }

const ToldWorld = createContext<Told>({ world: undefined, tell: () => undefined })

/** Keeps the world that the page below says it shows, for the shell above it. */
export function WorldKeeper({ children }: { children: ReactNode }) {
  const [world, tell] = useState<World>()
  const told = useMemo(() => ({ world, tell }), [world])
  return <ToldWorld value={told}>{children}</ToldWorld>
}

/** What the page has said, undefined where it has said nothing. */
export const useToldWorld = (): World | undefined => useContext(ToldWorld).world

/** Tells the shell which world this page shows: a trial's own world, whatever the address says. */
export function ShownWorld({ world }: { world: World }) {
  const { tell } = useContext(ToldWorld)
  useLayoutEffect(() => {
    tell(world)
    return () => tell(undefined)
  }, [tell, world])
  return null
}
