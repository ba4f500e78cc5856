'use client'

import {
  createContext,
  type ReactNode,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import type { Environment } from '@/lib/domain/device/device'

type Told = {
  environment: Environment | undefined
  tell: (environment: Environment | undefined) => void
}

const ToldEnvironment = createContext<Told>({ environment: undefined, tell: () => undefined })

/** Keeps the environment that the page below says it shows, for the shell above it. */
export function EnvironmentKeeper({ children }: { children: ReactNode }) {
  const [environment, tell] = useState<Environment>()
  const told = useMemo(() => ({ environment, tell }), [environment])
  return <ToldEnvironment value={told}>{children}</ToldEnvironment>
}

/** What the page has said, undefined where it has said nothing. */
export const useToldEnvironment = (): Environment | undefined =>
  useContext(ToldEnvironment).environment

/** Tells the shell which environment this page shows: a trial's own environment, whatever the address says. */
export function ShownEnvironment({ environment }: { environment: Environment }) {
  const { tell } = useContext(ToldEnvironment)
  useLayoutEffect(() => {
    tell(environment)
    return () => tell(undefined)
  }, [tell, environment])
  return null
}
