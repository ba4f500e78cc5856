import { sql } from 'drizzle-orm'
import type { factors } from '@/lib/domain/trial/factors'
import { trialOutcomes } from './outcomes'
import { literal } from './rule-sql'
import { trials, verdicts } from './schema'
import { factorSql } from './trial-factors'

const retreated: keyof typeof factors.treatment.values = 'retreated'

const firstWith = (verdict: 'fail' | 'unknown') => sql`(
  select f.finding ->> 'ruleId' from jsonb_array_elements(v.findings) with ordinality f(finding, place)
  where f.finding ->> 'verdict' = ${sql.raw(literal(verdict))} and f.finding ->> 'warnOnly' = 'false'
  order by f.place limit 1)`

/** What the flow diagram says of a trial, from its record; for a query over `trials`. */
export const flowFacts = {
  registered: sql<boolean>`${trials.registrationHash} is not null`,
  /** Of a trial that was ended with nothing sent: the first rule that the device did not pass when it was last judged. */
  screenedOutBy: sql<
    string | null
  >`case when ${trials.state} in ('withdrawn', 'void') and not ${trials.consumed} then (
    select case when v.overall <> 'qualified' then coalesce(${firstWith('fail')}, ${firstWith('unknown')}) end
    from ${verdicts} v where v.trial_id = ${trials.id} order by v.id desc limit 1) end`,
  deviated: sql<boolean>`exists (
    select from deviation_entries e where e.trial = ${trials.id} and e.counts)`,
  /** Only a concluded trial is analysed, so of the others nobody asks. */
  usedBefore: sql<boolean>`(${trials.state} = 'concluded' and ${factorSql.treatment} = ${sql.raw(literal(retreated))})`,
  /** The kept row of a trial says so already. One without a starting version has none, and its readings say it. */
  against: sql<boolean>`case when ${trials.state} <> 'concluded' then false
    when ${trials.startOs} is not null
    then exists (select from ${trialOutcomes} o where o.trial_id = ${trials.id} and o.against)
    else coalesce((select outcome_against_end(${trials.outcome}, e.state) from trial_end e where e.trial = ${trials.id}), false) end`,
}
