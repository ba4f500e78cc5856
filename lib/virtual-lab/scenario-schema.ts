import { z } from 'zod'
import { platforms } from '@/lib/domain/device/device'
import { acceptedBuild, isBuild, parseVersion } from '@/lib/domain/device/os-version'
import { isZone } from '@/lib/domain/import/zones'
import { networkKinds } from '@/lib/domain/reading/reading'
import { requestTypes } from '@/lib/domain/trial/command-slot'
import { installActions } from '@/lib/domain/trial/install-action'
import { labActions } from './actions'
import { maxSpeed, minSpeed } from './clock'
import { variantIds, variantValues } from './declarative/variants'
import { acceptedAmount, faultIds, readFaultValue } from './faults'
import { storageKinds } from './nanomdm-store'
import { declarationHabits, maxSkewMinutes, pushHabits } from './server-habits'

// Every message is the accepted form; `scenario.ts` adds the field and the value before it.
const text = (accepted: string) => z.string(accepted).min(1, accepted).max(128, accepted)
const yesOrNo = z.boolean('true or false')
const numberIn = (min: number, max: number, what: string) => {
  const accepted = `${what} from ${min} to ${max}`
  return z.number(accepted).min(min, accepted).max(max, accepted)
}
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `one of ${values.join(', ')}`)

const osVersion = z
  .string('a version such as 11.4.1')
  .refine((value) => parseVersion(value) !== undefined, 'a version such as 11.4.1')
const osBuild = z.string(acceptedBuild).refine(isBuild, acceptedBuild)
/** The maximum length of a scenario: a year of the lab's time. */
const minutes = numberIn(0, 366 * 24 * 60, 'minutes of the lab’s time')
const gigabytes = numberIn(0.001, 4_096, 'gigabytes (10^9 bytes)')

const faults = z.partialRecord(
  z.enum(faultIds),
  z.union([z.number(), z.boolean()], 'true, false or a number'),
)

const zoneForm = 'a time zone such as Europe/Berlin'
const variants = z.strictObject(
  Object.fromEntries(variantIds.map((id) => [id, oneOf(variantValues(id)).optional()])),
)

const declaration = z.strictObject({
  targetVersion: osVersion,
  targetBuild: osBuild.optional(),
  inMinutes: numberIn(-366 * 24 * 60, 366 * 24 * 60, 'minutes'),
  detailsUrl: z.url('an address').optional(),
})

const server = z.strictObject({
  storage: oneOf(storageKinds).optional(),
  push: oneOf(pushHabits).optional(),
  queueFails: yesOrNo.optional(),
  declarations: oneOf(declarationHabits).optional(),
  clockSkewMinutes: numberIn(-maxSkewMinutes, maxSkewMinutes, 'minutes').optional(),
})

const offer = z.strictObject({
  version: osVersion,
  build: osBuild,
  productKey: text('a ProductKey such as iOSUpdate15G77').optional(),
  downloadGb: gigabytes,
  installGb: gigabytes,
})

const device = z.strictObject({
  labTag: text('a lab tag such as O-1'),
  name: text('the name of the device').optional(),
  modelName: text('a marketing name such as iPad Air'),
  platform: oneOf(platforms),
  productName: text('a ProductName such as iPad4,1'),
  enrollmentId: text('an enrollment ID').optional(),
  serial: text('a serial number').optional(),
  partNumber: text('a part number such as MD786').optional(),
  osVersion,
  osBuild,
  offers: z.array(offer, 'a list of updates').optional(),
  battery: numberIn(0, 1, 'a fraction').optional(),
  plugged: yesOrNo.optional(),
  passcode: yesOrNo.optional(),
  locked: yesOrNo.optional(),
  supervised: yesOrNo.optional(),
  online: yesOrNo.optional(),
  diskGb: gigabytes.optional(),
  freeGb: gigabytes.optional(),
  network: oneOf(networkKinds).optional(),
  faults: faults.optional(),
  timeZone: z.string(zoneForm).refine(isZone, zoneForm).optional(),
  variants: variants.optional(),
})

const step = z
  .strictObject({
    at: minutes,
    device: text('the lab tag of a device of this scenario').optional(),
    do: oneOf(labActions).optional(),
    fault: oneOf(faultIds).optional(),
    value: z
      .union([z.number(), z.string(), z.boolean()], 'a number, a text, true or false')
      .optional(),
    send: oneOf(requestTypes).optional(),
    installAction: oneOf(installActions).optional(),
    productKey: text('a ProductKey such as iOSUpdate15G77').optional(),
    productVersion: osVersion.optional(),
    server: server.optional(),
    declare: declaration.optional(),
    withdraw: z.literal(true, 'true').optional(),
  })
  .superRefine((given, context) => {
    const { declare, withdraw } = given
    const kinds = [given.do, given.fault, given.send, given.server, declare, withdraw]
    if (kinds.filter((kind) => kind !== undefined).length !== 1)
      context.addIssue('exactly one of do, fault, send, declare, withdraw and server')
    else if ((given.device === undefined) !== (given.server !== undefined))
      context.addIssue({
        code: 'custom',
        path: ['device'],
        message: given.server ? 'no device in a step of the server' : 'the lab tag of a device',
      })
    if (given.fault && readFaultValue(given.fault, given.value) === undefined)
      context.addIssue({ code: 'custom', path: ['value'], message: acceptedAmount(given.fault) })
    if ((given.send === 'ScheduleOSUpdate') !== (given.installAction !== undefined))
      context.addIssue({
        code: 'custom',
        path: ['installAction'],
        message: given.installAction
          ? 'no installAction without send: "ScheduleOSUpdate"'
          : `one of ${installActions.join(', ')}`,
      })
  })

/** A scripted lab, version 1: docs/scenarios.md. */
export const scenarioSchema = z.strictObject({
  version: z.literal(1, '1'),
  title: text('a title'),
  seed: text('a text that decides everything random'),
  speed: numberIn(minSpeed, maxSpeed, 'virtual seconds in a real one').optional(),
  server: server.optional(),
  devices: z
    .array(device, 'a list of devices')
    .min(1, 'at least one device')
    .max(200, 'at most 200 devices'),
  steps: z.array(step, 'a list of steps').max(10_000, 'at most 10000 steps').optional(),
  endsAt: minutes.optional(),
})

export type Scenario = z.output<typeof scenarioSchema>
export type ScenarioDevice = Scenario['devices'][number]
export type ScenarioStep = NonNullable<Scenario['steps']>[number]
