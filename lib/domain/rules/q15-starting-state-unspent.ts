import { sameBuild } from '../os-build'
import { fail, type Judgement, pass, type Rule, type RuleContext } from '../rule'
import { allOf, read, unsettled } from './judging'
import { radarOneTest } from './sources'

/** Each starting state can be tried once: the rule Oneway exists for. */
export const startingStateUnspent: Rule = {
  id: 'Q15',
  title: 'Starting state not spent; device not held, reserved or retired',
  kind: 'eligibility',
  cites: [radarOneTest],
  fields: ['osBuild'],
  facts: ({ device }) => [
    { label: 'Builds spent', value: device.spentBuilds.toSorted().join(', ') || 'none' },
    { label: 'Reserved by', value: device.reservedBy ?? 'nobody' },
    { label: 'Reserved by a lead', value: device.heldBecause ?? 'no' },
    { label: 'Retired', value: device.retired ? 'yes' : 'no' },
  ],
  judge: (context) => allOf([...claims(context), unspent(context)]),
}

function claims({ device }: RuleContext): Judgement[] {
  const found: Judgement[] = []
  if (device.retired) found.push(fail('the device is retired', 'Use another device.', 'Retired'))
  if (device.heldBecause !== undefined)
    found.push(
      fail(
        `reserved by a lead: ${device.heldBecause}`,
        'Ask a lead to release the reservation.',
        `Reserved by a lead: ${clipped(device.heldBecause)}`,
      ),
    )
  if (device.reservedBy !== undefined)
    found.push(
      fail(
        `reserved by ${device.reservedBy}`,
        'Wait for that trial to end, or withdraw it.',
        `Reserved by ${device.reservedBy}`,
      ),
    )
  return found
}

function unspent(context: RuleContext): Judgement {
  const build = read(context, 'osBuild')
  if (build.status !== 'known') return unsettled('osBuild', build)
  return context.device.spentBuilds.some((spent) => sameBuild(spent, build.value))
    ? fail(
        `a trial has spent this device at build ${build.value}`,
        'Nothing brings this state back; use another device, or this one after it has moved on.',
        spentWords(context, build.value),
      )
    : pass(`no trial has spent build ${build.value}`)
}

/** A lead's reason as far as one line of a list has room for it. */
const clipped = (reason: string) => (reason.length > 60 ? `${reason.slice(0, 59)}…` : reason)

/** "Already spent at 12.0.1 (T-4)": the version says more to a reader than the build, the trial says by what. */
function spentWords({ device }: RuleContext, build: string): string {
  const by = device.spentBy?.find((spent) => sameBuild(spent.build, build))
  return `Already spent at ${by?.osVersion ?? build}${by ? ` (${by.trial})` : ''}`
}
