import { Text } from '@mantine/core'
import type { Verdict } from '@/lib/db/queries/devices/verdicts'
import { When } from '../data/when'
import { Findings } from './findings'

/** A verdict as it was kept: it is shown, and not judged again by the rules of today. */
export const StoredVerdict = ({ verdict }: { verdict: Verdict }) => (
  <>
    <Text size="sm">
      {verdict.overall}, for a {verdict.purpose}, by rule set {verdict.ruleSetVersion},{' '}
      <When at={verdict.judgedAt} />
    </Text>
    <Findings qualification={{ findings: verdict.findings, warnings: [] }} />
  </>
)
