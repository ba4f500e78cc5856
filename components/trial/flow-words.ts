import { outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import {
  againstBuilds,
  awaitsReader,
  type FlowBox,
  type FlowPlace,
  readFlowPlace,
} from '@/lib/domain/statistics/flow'
import { factors } from '@/lib/domain/trial/factors'
import { trialStates } from '@/lib/domain/trial/trial'
import { trialStateWord } from './trial-status'

export const flowBoxWords: Record<FlowBox, string> = {
  drafted: 'Drafted',
  notRegistered: 'Not registered',
  registered: 'Registered',
  screenedOut: 'Screened out by a rule',
  notReleased: 'Not released',
  released: 'Released and sent',
  perProtocol: 'According to the protocol',
  deviated: 'With a deviation',
  notAnalysed: 'Not analysed',
  analysed: 'Analysed',
  firstTrial: factors.treatment.values.naive,
  usedBefore: factors.treatment.values.retreated,
}

/** Why trials left the flow there. */
export function flowReasonWords(why: string): string {
  const state = trialStates.find((one) => one === why)
  const outcome = outcomes.find((one) => one === why)
  // "lost" is both: as an outcome it has the same word.
  if (state) return trialStateWord(state)
  if (outcome) return outcomeInfo[outcome].label
  if (why === awaitsReader) return 'Outcome awaits its second reader'
  return why === againstBuilds ? 'Outcome against the builds' : `Rule ${why}`
}

/** A place in the flow diagram in words, such as "Not analysed: Void". */
export function flowPlaceWords(place: FlowPlace): string {
  const read = readFlowPlace(place)
  if (!read) return place
  const { box, why } = read
  return why === undefined ? flowBoxWords[box] : `${flowBoxWords[box]}: ${flowReasonWords(why)}`
}
