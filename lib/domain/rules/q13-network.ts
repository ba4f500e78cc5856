import { describeReading } from '../reading/describe-reading'
import type { NetworkKind } from '../reading/reading'
import { allOf, read, unsettled } from './judging'
import { fail, type Judgement, pass, type Rule, type RuleContext } from './rule'
import { insufficientNetwork } from './sources'

/** A rule of the lab. No MDM key reports the network of a device, so all of it is typed. */
export const network: Rule = {
  id: 'Q13',
  title: 'On a named Wi-Fi or wired network without a captive portal (lab policy)',
  kind: 'condition',
  cites: [insufficientNetwork],
  waiver: {
    reason: 'Which networks count is lab policy; Apple only asks for a sufficient one.',
    unless: ({ conditions }) => conditions.network !== undefined,
  },
  fields: ['network', 'networkName', 'networkCaptive'],
  judge(context) {
    const wanted = context.conditions.network
    return wanted === undefined
      ? allOf([kind(context), named(context), open(context)])
      : own(context, wanted)
  },
}

function kind(context: RuleContext): Judgement {
  const known = read(context, 'network')
  if (known.status !== 'known') return unsettled('network', known)
  const is = `the network is ${describeReading('network', known.value)}`
  return known.value === 'wifi' || known.value === 'wired'
    ? pass(is)
    : fail(is, 'Connect it to Wi-Fi or by cable, then enter it.')
}

function named(context: RuleContext): Judgement {
  const known = read(context, 'networkName')
  if (known.status !== 'known') return unsettled('networkName', known)
  return known.value.trim() === ''
    ? fail('the network has no name', 'Enter which network it is on.')
    : pass(`named ${known.value}`)
}

function open(context: RuleContext): Judgement {
  const known = read(context, 'networkCaptive')
  if (known.status !== 'known') return unsettled('networkCaptive', known)
  return known.value
    ? fail('the network has a captive portal', 'Use a network without a sign-in page.')
    : pass('no captive portal')
}

function own(context: RuleContext, wanted: NetworkKind): Judgement {
  const known = read(context, 'network')
  if (known.status !== 'known') return unsettled('network', known)
  const asks = `the protocol asks for network ${describeReading('network', wanted)}`
  return known.value === wanted
    ? pass(`${asks}, which is the case`)
    : fail(
        `${asks}; it is ${describeReading('network', known.value)}`,
        'Change the network as the protocol asks, then enter it.',
        `Network is ${describeReading('network', known.value)}, protocol: ${describeReading('network', wanted)}`,
      )
}
