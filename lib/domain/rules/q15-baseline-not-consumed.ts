import { fullBuild, fullVersion, isConsumedBy, osOf } from '../device/os-identity'
import { allOf, read, unsettled } from './judging'
import { type ConsumedStart, fail, type Judgement, pass, type Rule, type RuleContext } from './rule'
import { radarOneTest } from './sources'

/** Each starting state can be used once: the rule for which Oneway exists. */
export const baselineNotConsumed: Rule = {
  id: 'Q15',
  title: 'Baseline not consumed; device not in another trial or retired',
  kind: 'eligibility',
  cites: [radarOneTest],
  fields: ['osBuild', 'osSupplementalBuild', 'osVersionExtra'],
  facts: ({ device }) => [
    {
      label: 'Builds consumed',
      value: device.consumed.map(buildOf).toSorted().join(', ') || 'none',
    },
    { label: 'Reserved by', value: device.reservedBy ?? 'nobody' },
    { label: 'Retired', value: device.retired ? 'yes' : 'no' },
  ],
  judge: (context) => allOf([...claims(context), notConsumed(context)]),
}

function claims({ device }: RuleContext): Judgement[] {
  const found: Judgement[] = []
  if (device.retired) found.push(fail('the device is retired', 'Use another device.', 'Retired'))
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

function notConsumed(context: RuleContext): Judgement {
  const build = read(context, 'osBuild')
  if (build.status !== 'known') return unsettled('osBuild', build)
  const sameBase = context.device.consumed.filter((consumed) => consumed.build === build.value)
  // The supplement is read only if it decides, because most devices report none.
  if (sameBase.length === 0) return pass(`no trial has consumed build ${build.value}`)
  const now = { ...supplementOf(context), build: build.value }
  const by = sameBase.find((consumed) => isConsumedBy(now, consumed))
  if (!by) return pass(`no trial has consumed build ${fullBuild(now)}`)
  return fail(
    `a trial has consumed this device at build ${buildOf(by)}`,
    'Nothing brings this baseline back; use another device, or this one on a later build.',
    `Baseline consumed at ${fullVersion(by) ?? by.build} (${by.trial})`,
  )
}

const buildOf = (consumed: ConsumedStart): string => fullBuild(consumed) ?? consumed.build

/** Only current readings: a stale one does not show another baseline. */
function supplementOf(context: RuleContext) {
  const [build, extra] = [read(context, 'osSupplementalBuild'), read(context, 'osVersionExtra')]
  return osOf({
    osSupplementalBuild: build.status === 'known' ? build : undefined,
    osVersionExtra: extra.status === 'known' ? extra : undefined,
  })
}
