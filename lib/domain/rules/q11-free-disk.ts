import { describeBytes } from '../reading/describe-reading'
import { isDeclaration } from '../trial/mechanism'
import { bytesNeeded, findOffered } from '../trial/offered-target'
import type { StartingConditions } from '../trial/protocol'
import { howToLearn, read, readOs, slotInput, statedRange, unsettled } from './judging'
import { fail, type Judgement, pass, type Rule, type RuleContext, unknown } from './rule'
import { availableSizes, deviceCapacity } from './sources'
import { isRemoved, upperBound } from './version-bounds'

/**
 * By Apple's documentation an update needs DownloadSize + InstallSize. The capacity is in GB or GiB, depending on the OS
 * in a way that is not known, so the smaller one counts: the value times 10⁹ bytes.
 */
export const freeDisk: Rule = {
  id: 'Q11',
  title: 'Enough free disk for the target',
  kind: 'condition',
  cites: [availableSizes, deviceCapacity],
  fields: ['freeCapacity', 'availableUpdates', 'osVersion'],
  facts: slotInput,
  judge(context) {
    const free = read(context, 'freeCapacity')
    if (free.status !== 'known') {
      const short = unsettled('freeCapacity', free)
      return context.device.platform === 'tvOS'
        ? { ...short, remedy: 'Enter it: on tvOS no MDM key reports the free disk.' }
        : short
    }
    const freeBytes = free.value * 1e9
    if (!(freeBytes >= 0))
      return unknown(`"${free.value}" is not a capacity`, howToLearn('freeCapacity'))
    const own = statedRange(context.conditions.freeBytes)
    return own ? judgeOwn(freeBytes, own) : judgeTarget(freeBytes, context)
  },
}

function judgeOwn(freeBytes: number, own: NonNullable<StartingConditions['freeBytes']>): Judgement {
  const { min = 0, max = Number.POSITIVE_INFINITY } = own
  const has = `${describeBytes(freeBytes)} free, counted in GB and not GiB`
  if (freeBytes < min)
    return fail(
      `the protocol asks for at least ${describeBytes(min)}; ${has}`,
      'Free space on the device, then query it again.',
      `Less free disk than ${describeBytes(min)}`,
    )
  if (freeBytes > max)
    return fail(
      `the protocol asks for at most ${describeBytes(max)}; ${has}`,
      'Fill the device up, then query it again.',
      `More free disk than ${describeBytes(max)}`,
    )
  return pass(`as the protocol asks: ${has}`)
}

const ownCondition =
  'Use a protocol with a starting condition for the free disk: a device reports the sizes of what it offers only.'

/** From 27 on there is no AvailableOSUpdates, so no device says what an update needs. */
const sizesRemoved = (os: ReturnType<typeof readOs>): Judgement =>
  os.status === 'known'
    ? unknown(
        `a device on ${upperBound.bound} or later does not report the size of an update`,
        ownCondition,
        'Size of the target unknown',
      )
    : unsettled('osVersion', os)

function judgeTarget(freeBytes: number, context: RuleContext): Judgement {
  const os = isDeclaration(context.slot) ? readOs(context) : undefined
  if (os && (os.status !== 'known' || isRemoved(os.value))) return sizesRemoved(os)
  const offers = read(context, 'availableUpdates')
  if (offers.status !== 'known') return unsettled('availableUpdates', offers)
  const { meant, unclear } = findOffered(context.slot, offers.value)
  const needs = [...meant, ...unclear].map(bytesNeeded)
  const known = needs.filter((need) => need !== undefined)
  if (known.length === 0 || known.length < needs.length)
    return unknown(
      'the device has not reported the size of the target',
      isDeclaration(context.slot) ? ownCondition : howToLearn('availableUpdates'),
      'Size of the target unknown',
    )
  const { diskMarginBytes } = context.settings
  const needed = Math.max(...known) + diskMarginBytes
  const reason = `${describeBytes(freeBytes)} free, counted in GB and not GiB; ${describeBytes(needed)} needed (download + install + ${describeBytes(diskMarginBytes)} lab margin)`
  return freeBytes >= needed
    ? pass(reason)
    : fail(
        reason,
        `Free at least ${describeBytes(needed - freeBytes)}, then query it again.`,
        `Free disk short by ${describeBytes(needed - freeBytes)}`,
      )
}
