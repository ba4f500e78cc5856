import { type SQL, sql } from 'drizzle-orm'
import { trialOutcomes } from '@/lib/db/schema/outcomes'
import { literal, oneOf } from '@/lib/db/schema/rule-sql'
import { trials, verdicts } from '@/lib/db/schema/schema'
import { factorSql } from '@/lib/db/schema/trial-factors'
import { outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import {
  againstBuilds,
  awaitsReader,
  type FlowBox,
  type FlowPlace,
  readFlowPlace,
} from '@/lib/domain/statistics/flow'
import type { factors } from '@/lib/domain/trial/factors'

const firstWith = (verdict: 'fail' | 'unknown') => sql`(
  select f.finding ->> 'ruleId' from jsonb_array_elements(v.findings) with ordinality f(finding, place)
  where f.finding ->> 'verdict' = ${sql.raw(literal(verdict))} and f.finding ->> 'warnOnly' = 'false'
  order by f.place limit 1)`

/** What the flow diagram says of a trial, from its record. */
const flowFacts = {
  registered: sql<boolean>`${trials.registrationHash} is not null`,
  /** Of a trial that was ended with nothing sent: the first rule that the device did not pass when it was last judged. */
  screenedOutBy: sql<
    string | null
  >`case when ${trials.state} in ('withdrawn', 'void') and not ${trials.consumed} then (
    select case when v.overall <> 'qualified' then coalesce(${firstWith('fail')}, ${firstWith('unknown')}) end
    from ${verdicts} v where v.trial_id = ${trials.id} order by v.id desc limit 1) end`,
  deviated: sql<boolean>`exists (
    select from deviation_entries e where e.trial = ${trials.id} and e.counts)`,
  usedBefore: usedBeforeBy(factorSql.treatment),
  against: againstBy(
    sql`exists (select from ${trialOutcomes} o where o.trial_id = ${trials.id} and o.against)`,
  ),
}

/** Only a concluded trial is analysed, so of the others nobody asks. */
function usedBeforeBy(treatment: SQL<string>) {
  const usedBefore: keyof typeof factors.treatment.values = 'retreated'
  return sql<boolean>`(${trials.state} = 'concluded' and ${treatment} = ${sql.raw(literal(usedBefore))})`
}

/** The kept row of a trial says so already. One without a starting version has none, and its readings say it. */
function againstBy(kept: SQL) {
  return sql<boolean>`case when ${trials.state} <> 'concluded' then false
    when ${trials.startOs} is not null then ${kept}
    else coalesce((select outcome_against_end(${trials.outcome}, e.state) from trial_end e where e.trial = ${trials.id}), false) end`
}

/** For all trials at once: what the kept row of each says, and one read of all deviations. */
export const keptOutcome = sql`left join ${trialOutcomes} kept on kept.trial_id = ${trials.id}`
export const factsWithKept = {
  ...flowFacts,
  deviated: sql<boolean>`${trials.id} in (select e.trial from deviation_entries e where e.counts)`,
  usedBefore: usedBeforeBy(sql<string>`coalesce(kept.treatment, ${factorSql.treatment})`),
  against: againstBy(sql`coalesce(kept.against, false)`),
}

const counted = outcomes.filter((outcome) => outcomeInfo[outcome].counts !== 'leftOut')
const { registered, screenedOutBy, deviated, usedBefore, against } = flowFacts
const released = sql`${trials.consumed}`
const unsent = sql`${registered} and not ${released}`
const analysed = sql`(${released} and ${trials.state} = 'concluded'
  and coalesce(${oneOf(trials.outcome, counted)}, false) and not ${against})`
const why = sql`case when ${trials.state} <> 'concluded' then ${trials.state}
  when ${against} then ${sql.raw(literal(againstBuilds))} else coalesce(${trials.outcome}, ${sql.raw(literal(awaitsReader))}) end`

const conditions: Record<FlowBox, SQL> = {
  drafted: sql`true`,
  notRegistered: sql`not ${registered}`,
  registered,
  screenedOut: sql`${unsent} and ${screenedOutBy} is not null`,
  notReleased: sql`${unsent} and ${screenedOutBy} is null`,
  released,
  perProtocol: sql`${released} and not ${deviated}`,
  deviated: sql`${released} and ${deviated}`,
  notAnalysed: sql`${released} and not ${analysed}`,
  analysed,
  firstTrial: sql`${analysed} and not ${usedBefore}`,
  usedBefore: sql`${analysed} and ${usedBefore}`,
}

/** The condition for the trials at one place of the flow diagram, as `flowOf` of lib/domain/statistics counts them. */
export function atFlowPlace(place: FlowPlace): SQL {
  const read = readFlowPlace(place)
  if (!read) throw new Error(`${place} is no place of the flow diagram`)
  const { box, why: reason } = read
  if (reason === undefined) return sql`(${conditions[box]})`
  const left = box === 'screenedOut' ? screenedOutBy : box === 'notAnalysed' ? why : trials.state
  return sql`(${conditions[box]} and ${left} = ${reason})`
}
