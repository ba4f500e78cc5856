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

type Shown = {
  environment: Environment | undefined
  report: (environment: Environment | undefined) => void
}

const ReportedEnvironment = createContext<Shown>({
  environment: undefined,
  report: () => undefined,
})

/** Passes the environment that a page reports up to the shell around it. */
export function EnvironmentKeeper({ children }: { children: ReactNode }) {
  const [environment, report] = useState<Environment>()
  const shown = useMemo(() => ({ environment, report }), [environment])
  return <ReportedEnvironment value={shown}>{children}</ReportedEnvironment>
}

/** The environment the page has reported; undefined when it has reported none. */
export const useShownEnvironment = (): Environment | undefined =>
  useContext(ReportedEnvironment).environment

/**
 * Reports to the shell which environment this page shows: a trial's own, whatever the address says. Until the browser
 * has hydrated, the style sheet of the shell reads it from here: a band that came later would move the page under a finger.
 */
export function ShownEnvironment({ environment }: { environment: Environment }) {
  const { report } = useContext(ReportedEnvironment)
  useLayoutEffect(() => {
    report(environment)
    return () => report(undefined)
  }, [report, environment])
  return <span hidden data-shown-environment={environment} />
}
