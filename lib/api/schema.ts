import { z } from 'zod'
import type {} from 'zod-openapi'
import { customFieldTypes } from '@/lib/domain/device/custom-field'
import { environments, platforms } from '@/lib/domain/device/device'
import { endStates } from '@/lib/domain/outcome/outcome'
import { predictableOutcomes } from '@/lib/domain/outcome/prediction'
import { readingSources } from '@/lib/domain/reading/reading'
import { outcomeWaits, unblindings } from '@/lib/domain/review/second-reading'
import { armMethods } from '@/lib/domain/trial/arms'
import { commandPurposes, commandStates, requestTypes } from '@/lib/domain/trial/command-slot'
import { trialStates } from '@/lib/domain/trial/trial'

// What the API returns. A field that is in no schema is left out, whatever a query selects.

const time = z.iso.datetime().meta({ description: 'UTC', example: '2026-03-02T09:00:00.000Z' })
const maybe = <S extends z.ZodType>(schema: S) => schema.nullable()
const simulated = z.boolean().meta({
  description:
    'True for whatever a virtual device has touched; it is no evidence about real devices.',
})

const reading = <S extends z.ZodType>(value: S) =>
  maybe(
    z.object({
      value: maybe(value),
      unknownReason: maybe(z.string()),
      source: z.enum(readingSources),
      answeredAt: time,
    }),
  )

export const deviceSchema = z
  .object({
    id: z.uuid(),
    labTag: maybe(z.string()),
    name: z.string(),
    serial: maybe(z.string()),
    platform: z.enum(platforms),
    modelIdentifier: maybe(z.string()),
    modelName: maybe(z.string()),
    location: z.string(),
    holder: z.string(),
    lastSeenAt: maybe(time),
    retiredAt: maybe(time),
    simulated,
    verdict: z.enum(['qualified', 'notYet', 'no']).meta({
      description: 'As in the list of devices; a release evaluates it again.',
    }),
    reason: z.string(),
    osVersion: reading(z.string()),
    osBuild: reading(z.string()),
    battery: reading(z.number().meta({ description: 'Fraction, 0 to 1' })),
    custody: maybe(z.object({ holderName: z.string(), since: time, place: z.string() })).meta({
      description: 'Who has it; null where nobody does.',
    }),
    pendingHandOver: maybe(
      z.object({ toName: z.string(), offeredByName: z.string(), offeredAt: time }),
    ).meta({ description: 'The hand-over that waits for its acceptance.' }),
    customFields: z
      .array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          type: z.enum(customFieldTypes),
          unit: z.string(),
          required: z.boolean(),
          value: maybe(z.string()).meta({
            description:
              'One text in one form: a number with a point, a date as YYYY-MM-DD, yes or no, an option of a choice. Null where none is given.',
          }),
          at: maybe(time),
          byName: maybe(z.string()),
        }),
      )
      .meta({ description: 'The fields that this lab has defined and not retired.' }),
  })
  .meta({ id: 'Device' })

export const trialSchema = z
  .object({
    id: z.uuid(),
    number: z.int().meta({ description: 'As the pages write it: 12 is T-12.' }),
    state: z.enum(trialStates),
    simulated,
    outcome: maybe(z.string()),
    outcomeAwaits: maybe(z.enum(outcomeWaits)).meta({
      description:
        'Where the protocol asks for a second reader: what comes before the decided outcome is given. Null where it waits for nothing.',
    }),
    overruled: z.boolean(),
    startOs: maybe(z.string()),
    startBuild: maybe(z.string()),
    endOs: maybe(z.string()),
    endBuild: maybe(z.string()),
    endState: maybe(z.enum(endStates)).meta({
      description:
        'Whether the device was last seen on another OS than it started on; null where nothing was sent.',
    }),
    draftedAt: time,
    draftedBy: z.string(),
    releasedAt: maybe(time),
    releasedBy: maybe(z.string()),
    deadlineAt: maybe(time),
    concludedAt: maybe(time),
    deviceId: z.uuid(),
    protocolVersion: z.int(),
    protocolTitle: z.string(),
    target: maybe(z.string()),
  })
  .meta({ id: 'Trial' })

const commandSchema = z.object({
  commandUuid: z.uuid(),
  purpose: z.enum(commandPurposes),
  requestType: z.enum(requestTypes),
  slotOrdinal: maybe(z.int()),
  state: z.enum(commandStates).meta({
    description: 'What happened to the one request; `unconfirmed` is not the same as failed.',
  }),
  reservedAt: time,
  sendingAt: maybe(time),
  settledAt: maybe(time),
  answeredAt: maybe(time),
  answerStatus: maybe(z.string()),
  plistSha256: z.string(),
})

const observationSchema = z.object({
  id: z.int(),
  kind: z.string(),
  text: z.string(),
  observedAt: time,
  recordedAt: time,
  byName: z.string(),
  correctsId: maybe(z.int()),
  reason: maybe(z.string()),
})

const decisionSchema = z.object({
  proposed: maybe(z.string()),
  reasons: z.array(z.string()),
  decided: z.string(),
  reason: maybe(z.string()),
  byName: z.string(),
  at: time,
})

const secondReadingSchema = z.object({
  outcome: z.string(),
  first: z.string().meta({ description: 'The decided outcome that it is compared with.' }),
  agrees: z.boolean(),
  unblindedBy: maybe(z.enum(unblindings)).meta({
    description: 'Why the reader was not blinded; null for one who was.',
  }),
  reason: z.string(),
  byName: z.string(),
  at: time,
})

export const wholeTrialSchema = trialSchema
  .extend({
    expectation: z.string(),
    prediction: maybe(z.array(z.enum(predictableOutcomes))).meta({
      description:
        'The outcomes of which one was predicted, sealed with the expectation; null where none was predicted.',
    }),
    arm: maybe(
      z.object({
        name: z.string(),
        assigned: z.enum(armMethods),
        reason: maybe(z.string()),
        stratum: maybe(z.string()),
        block: maybe(z.int()),
        position: maybe(z.int()),
        seedSha256: maybe(z.string()),
      }),
    ).meta({
      description:
        'The arm it was assigned to; null in a protocol without arms. Reason is of one by choice, the others are of one at random.',
    }),
    registeredAt: maybe(time),
    registrationHash: maybe(z.string()),
    consumed: z.boolean().meta({ description: 'Whether the trial has consumed the baseline.' }),
    commands: z.array(commandSchema),
    observations: z.array(observationSchema).meta({
      description: 'Including corrected ones; a correction names the one it corrects.',
    }),
    decision: maybe(decisionSchema).meta({
      description:
        'How the outcome was decided; null until the second reading where the protocol asks for one.',
    }),
    secondReading: maybe(secondReadingSchema).meta({
      description: 'The outcome as a second person read it; null where nobody has.',
    }),
  })
  .meta({ id: 'WholeTrial' })

export const pageOf = <S extends z.ZodType>(row: S) =>
  z.object({
    environment: z.enum(environments),
    data: z.array(row),
    next: maybe(z.string()).meta({
      description: 'The cursor of the next page; null on the last one.',
    }),
  })

export const errorSchema = z.object({ error: z.string() }).meta({ id: 'Error' })
