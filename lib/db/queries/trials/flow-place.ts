import { type SQL, sql } from 'drizzle-orm'
import { flowFacts } from '@/lib/db/schema/flow-facts'
import { literal, oneOf } from '@/lib/db/schema/rule-sql'
import { trials } from '@/lib/db/schema/schema'
import { outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import {
  againstBuilds,
  awaitsReader,
  type FlowBox,
  type FlowPlace,
  readFlowPlace,
} from '@/lib/domain/statistics/flow'

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
