import { isDeclaration } from '../trial/mechanism'
import { allOf, read, unsettled } from './judging'
import { fail, type Judgement, pass, type Rule, type RuleContext, unknown } from './rule'
import { scheduleIos, scheduleTvos, tokenUpdate } from './sources'

/** A command for a device that is not enrolled or not in contact would wait in a queue that may be impossible to empty. */
export const enrolledAndSeen: Rule = {
  id: 'Q1',
  title: 'Enrolled in MDM, for a command with the app-installation right, and seen recently',
  kind: 'eligibility',
  cites: [tokenUpdate, scheduleIos, scheduleTvos],
  fields: ['mdmEnrolled', 'availableUpdates', 'appInstallationRight'],
  facts: ({ device }) => [
    { label: 'Enrollment ID', value: device.enrollmentId ?? 'unknown' },
    { label: 'MDM server', value: device.sendsTo ?? 'unknown' },
    {
      label: 'Last contact',
      value: device.lastSeenAt ? 'yes' : 'unknown',
      answeredAt: device.lastSeenAt?.toISOString(),
    },
  ],
  judge: (context) =>
    allOf([
      enrolled(context),
      seen(context),
      // The schema names no access right for a declaration.
      ...(isDeclaration(context.slot) ? [] : [right(context)]),
    ]),
}

function enrolled(context: RuleContext): Judgement {
  const known = read(context, 'mdmEnrolled')
  if (known.status !== 'known') return unsettled('mdmEnrolled', known)
  if (!known.value)
    return fail('it is not enrolled in MDM', 'Enroll the device.', 'Not enrolled in MDM')
  return context.device.enrollmentId
    ? pass('it is enrolled')
    : unknown(
        'its enrollment ID is not known',
        'Wait for it to check in, or enter its ID.',
        'Enrollment ID not known',
      )
}

function seen({ device, settings, now }: RuleContext): Judgement {
  const { maxUnseenHours } = settings
  const remedy = 'Wake the device, connect it to the network and wait until it checks in.'
  if (!device.lastSeenAt)
    return unknown('it has never contacted the MDM server', remedy, 'Never seen by the MDM server')
  const unseenHours = (now.getTime() - device.lastSeenAt.getTime()) / 3_600_000
  return unseenHours < maxUnseenHours
    ? pass(`it was seen within ${maxUnseenHours} hours`)
    : fail(
        `it has not been seen for ${maxUnseenHours} hours or more`,
        remedy,
        `Not seen for ${maxUnseenHours} hours or more`,
      )
}

/** No MDM key reports the right, but AvailableOSUpdates needs the same one, so an answer with offers shows it. */
function right(context: RuleContext): Judgement {
  const offers = read(context, 'availableUpdates')
  if (offers.status === 'known' && offers.value.length > 0)
    return pass('it answered AvailableOSUpdates, which needs the app-installation right')
  const known = read(context, 'appInstallationRight')
  if (known.status !== 'known') return unsettled('appInstallationRight', known)
  return known.value
    ? pass('its enrollment has the app-installation right')
    : fail(
        'its enrollment lacks the app-installation right (AccessRights 4096)',
        'Enroll it again with a profile that has the right; a profile update cannot add one.',
        'Enrollment lacks the app-installation right',
      )
}
