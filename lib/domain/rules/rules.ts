import { enrolledAndSeen } from './q01-enrolled-and-seen'
import { supervised } from './q02-supervised'
import { startingOsKnownToWork } from './q03-starting-os-known-to-work'
import { commandNotRemoved } from './q04-command-not-removed'
import { notANamedVersion } from './q05-not-a-named-version'
import { newerTargetOffered } from './q06-newer-target-offered'
import { productVersionUnderstood } from './q07-product-version-understood'
import { notASecurityResponse } from './q08-not-a-security-response'
import { noDeclaration } from './q09-no-declaration'
import { deviceChannel } from './q10-device-channel'
import { freeDisk } from './q11-free-disk'
import { batteryOrPower } from './q12-battery-or-power'
import { network } from './q13-network'
import { passcodeKnown } from './q14-passcode-known'
import { baselineNotConsumed } from './q15-baseline-not-consumed'
import { nothingUnderWay } from './q16-nothing-under-way'
import { automaticUpdatesOff } from './q17-automatic-updates-off'
import { readingsFresh } from './q18-readings-fresh'
import { noOpenAlarm } from './q19-no-open-alarm'
import { notReserved } from './q20-not-reserved'
import { timeOfDay } from './q21-time-of-day'
import { declarationUnderstood } from './q22-declaration-understood'
import { declaredTargetListed } from './q23-declared-target-listed'
import { localTimeExists } from './q24-local-time-exists'
import type { Rule } from './rule'

/** The qualification rules in the order in which they are judged and shown; Q18 depends on those before it. */
export const rules: readonly Rule[] = [
  enrolledAndSeen,
  supervised,
  startingOsKnownToWork,
  commandNotRemoved,
  notANamedVersion,
  newerTargetOffered,
  productVersionUnderstood,
  notASecurityResponse,
  noDeclaration,
  deviceChannel,
  freeDisk,
  batteryOrPower,
  network,
  passcodeKnown,
  baselineNotConsumed,
  nothingUnderWay,
  automaticUpdatesOff,
  readingsFresh,
  noOpenAlarm,
  notReserved,
  timeOfDay,
  declarationUnderstood,
  declaredTargetListed,
  localTimeExists,
]

/** The rules that are only policy of this lab; a lead may waive one for a trial. */
export const waivableRuleIds = rules.flatMap(({ id, waiver }) => (waiver ? [id] : []))
