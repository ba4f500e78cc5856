import { z } from 'zod'
import { armMethods } from '@/lib/domain/trial/arms'
import { primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import { command } from './command-format'
import { secondReader } from './second-reader-format'

// The one definition of a trial report: lib/core/record/report/report-format.test.ts writes
// docs/trial-report.schema.json from it. Null always means that the record does not say.

// Texts have no form of their own: a report of altered evidence shows it and is not refused.
const text = z.string()
const [uuid, sha256] = [text, text]
const when = z.iso.datetime()
const orUnknown = <T extends z.ZodType>(schema: T) => schema.nullable()
const citation = z.strictObject({ label: text, url: text })
const citations = z.array(citation)
const value = z.unknown().meta({ description: 'the value as the record has it' })

const head = z
  .strictObject({ seq: z.int(), hash: text })
  .meta({ description: 'the newest entry of the whole audit trail when the report was read' })

const trial = z.strictObject({
  ...{ id: uuid, number: z.int(), environment: z.enum(['real', 'simulated']) },
  state: text,
  concluded: z.boolean(),
  /** Whether the report is of a finished record, in a sentence. */
  standing: text,
  ...{ draftedAt: when, draftedBy: text },
  ...{ armedAt: orUnknown(when), armedBy: orUnknown(text) },
  ...{ releasedAt: orUnknown(when), releasedBy: orUnknown(text) },
  ...{ sentAt: orUnknown(when), deadlineAt: orUnknown(when), concludedAt: orUnknown(when) },
  /** Why it was withdrawn, void or lost. */
  closedReason: orUnknown(text),
})

const protocol = z.strictObject({
  ...{ id: uuid, version: z.int(), versionId: text, title: text, question: text },
  hypothesis: orUnknown(text),
  ...{ inclusion: orUnknown(text), exclusion: orUnknown(text), stopRule: orUnknown(text) },
  primaryOutcome: z.enum(primaryOutcomes),
  expectedOutcome: text,
  deadlineMinutes: z.number(),
  commands: z.array(
    z.strictObject({
      ordinal: z.int(),
      installAction: orUnknown(text).meta({ description: 'null: a declaration' }),
      ...{ productKey: orUnknown(text), productVersion: orUnknown(text), words: text },
      declaration: orUnknown(
        z.strictObject({
          ...{ targetVersion: text, targetBuild: orUnknown(text), detailsUrl: orUnknown(text) },
          when: text,
        }),
      ).meta({ description: 'null: a command' }),
    }),
  ),
})

const tick = z.strictObject({
  ...{ done: z.boolean(), at: when, recordedAt: when, by: text, note: text },
  reason: orUnknown(text).meta({ description: 'why it corrects the one before' }),
})
const step = z.strictObject({
  ...{ ordinal: z.int(), doThis: text, lookAt: orUnknown(text), expect: text },
  sightings: z.array(text).meta({ description: 'the kinds of observation that it expects' }),
  tick: orUnknown(tick).meta({ description: 'null: it was not ticked off' }),
  corrected: z.array(tick),
  difference: orUnknown(text).meta({ description: 'of the sightings; null where there is none' }),
})

const registration = z.strictObject({
  expectation: text,
  prediction: orUnknown(z.array(text)).meta({ description: 'null: no outcome was predicted' }),
  ...{ sealedAt: orUnknown(when), sealedBy: orUnknown(text), sha256: orUnknown(sha256) },
})

const arm = z.strictObject({
  ...{ name: text, asks: text, method: z.enum(armMethods) },
  reason: orUnknown(text).meta({ description: 'why it was chosen; null: it was drawn' }),
  place: orUnknown(
    z.strictObject({ stratum: text, block: z.int(), position: z.int(), seedSha256: sha256 }),
  ).meta({ description: 'where in its list it was drawn; null: it was chosen' }),
  ...{ at: when, by: text },
})

const server = z.strictObject({ id: uuid, name: text, kind: text, storage: text })

const device = z.strictObject({
  ...{ id: uuid, labTag: orUnknown(text), name: text, platform: text },
  ...{ modelIdentifier: orUnknown(text), modelName: orUnknown(text), serial: orUnknown(text) },
  ...{ enrollmentId: orUnknown(text), server: orUnknown(server) },
})

const startingReading = z.strictObject({
  field: text,
  label: text,
  status: z.enum(['known', 'unknown', 'notApplicable']),
  value,
  words: text,
  ...{ source: orUnknown(text), by: orUnknown(text) },
  ...{ askedAt: orUnknown(when), answeredAt: orUnknown(when) },
  ageSeconds: orUnknown(z.number()).meta({ description: 'at the release' }),
})

const startingState = z.strictObject({
  frozenAt: when,
  ...{ os: orUnknown(text), build: orUnknown(text) },
  readings: z.array(startingReading),
  facts: orUnknown(
    z.array(z.strictObject({ label: text, words: text, by: orUnknown(text), at: orUnknown(when) })),
  ).meta({
    description:
      'the model, the serial and the fields of the lab that are part of the starting state; null in trials from before they were kept',
  }),
})

const finding = z.strictObject({
  ...{ ruleId: text, title: text, kind: text, verdict: text, reason: text },
  warnOnly: z.boolean(),
  waived: orUnknown(z.strictObject({ by: text, reason: text })),
  inputs: z.array(
    z.strictObject({
      ...{ label: text, value: text, source: orUnknown(text), answeredAt: orUnknown(when) },
    }),
  ),
  cites: citations,
})

const verdict = z.strictObject({
  ...{ id: z.int(), overall: text, ruleSet: text, judgedAt: when, hash: text },
  /** True for the verdict that the first command was released on. */
  ofRelease: z.boolean(),
  findings: z.array(finding),
})

const waiver = z.strictObject({ ruleId: text, by: text, reason: text, at: when })

const compared = z.strictObject({
  about: text,
  expected: z.array(text),
  seen: z.array(text),
  result: orUnknown(text).meta({
    description: 'whether the two agree, where the program can tell; null where a person has to',
  }),
})

const timelineEntry = z.strictObject({
  ...{ at: when, kind: text, words: text, by: orUnknown(text), details: z.array(text) },
})

const reply = z.strictObject({
  ...{ eventId: z.int(), at: when, receivedAt: when },
  ...{ commandUuid: orUnknown(text), ordinal: orUnknown(z.int()), requestType: orUnknown(text) },
  ...{ topic: orUnknown(text), status: orUnknown(text), readState: text },
  problem: orUnknown(text),
  says: text,
  warnings: z.array(z.strictObject({ path: text, note: text })),
  contradictions: z.array(text).meta({ description: 'their fingerprints' }),
})

const contradiction = z.strictObject({
  ...{ fingerprint: text, kind: text, label: text, requestType: text, path: text },
  ...{ observed: text, expected: text, reason: text, documentation: text },
  onVersions: z.array(text),
  eventIds: z.array(z.int()),
  replies: orUnknown(z.int()).meta({ description: 'of this trial that show it' }),
  ...{ cites: citations, reported: citations },
})

const observation = z.strictObject({
  ...{ id: z.int(), kind: text, label: text, text, data: z.record(text, value) },
  ...{ observedAt: when, recordedAt: when, by: text },
  ...{ correctsId: orUnknown(z.int()), reason: orUnknown(text) },
  correctedById: orUnknown(z.int()),
})

const decision = z.strictObject({
  ...{ outcome: text, label: text, by: text, at: when, reason: orUnknown(text) },
  ...{ proposed: orUnknown(text), reasons: z.array(text), functionVersion: text },
  certain: orUnknown(z.boolean()).meta({
    description: 'whether the proposal was certain; null: decided before this was kept',
  }),
})

const outcome = z.strictObject({
  ...{ startOs: orUnknown(text), startBuild: orUnknown(text) },
  end: orUnknown(z.enum(['changed', 'unchanged', 'notSeen'])),
  ...{ endOs: orUnknown(text), endBuild: orUnknown(text), endSeenAt: orUnknown(when) },
  outcome: orUnknown(text),
  label: orUnknown(text),
  explanation: orUnknown(text),
  overruled: z.boolean(),
  againstBuilds: orUnknown(z.boolean()).meta({
    description: 'whether the outcome contradicts the OS before and after',
  }),
  /** The last is the one in force. */
  decisions: z.array(decision),
  secondReader: orUnknown(secondReader).meta({
    description: 'null: the protocol asks for none. Until that reading the report has no decision',
  }),
})

const deviationEntry = {
  ...{ at: when, by: text, what: text, why: orUnknown(text), effect: text },
  stands: z.boolean().meta({ description: 'false: a correction says that there was none' }),
  reason: orUnknown(text).meta({ description: 'why it corrects the one before' }),
}
const deviation = z.strictObject({
  ...{ kind: text, ...deviationEntry, corrected: z.array(z.strictObject(deviationEntry)) },
})
const correction = z.strictObject({ at: when, kind: text, words: text, by: text })

const queryEntry = z.strictObject({ at: when, by: text, text })
const query = z.strictObject({
  ...{ id: z.int(), field: text, label: text, asked: queryEntry },
  answers: z.array(queryEntry),
  closed: orUnknown(queryEntry),
})
const review = z.strictObject({
  state: orUnknown(text).meta({ description: 'null: this trial has no review' }),
  queries: z.array(query),
})

const signature = z.strictObject({
  ...{ id: z.int(), act: text, meaning: text, by: text, role: text, at: when, method: text },
  ...{ ordinal: orUnknown(z.int()), reason: text, recordSha256: sha256 },
  holds: z.boolean().meta({ description: 'whether the record is still the one that was signed' }),
  differences: z.array(text),
  ended: orUnknown(text).meta({ description: 'what ended its force; null while it is in force' }),
  afterReset: z.boolean(),
})

/** The report of one trial, as JSON and as what the page and the PDF are made from. */
const trialReportSchema = z
  .strictObject({
    format: z.literal('oneway-trial-report'),
    version: z.literal(1),
    name: text,
    mark: orUnknown(text).meta({ description: 'SIMULATED; null for a real trial' }),
    readAt: when,
    head,
    ...{ trial, protocol, registration },
    arm: orUnknown(arm).meta({ description: 'null: the protocol has no arms' }),
    device,
    startingState: orUnknown(startingState).meta({ description: 'null: nothing was released' }),
    verdict: orUnknown(verdict).meta({ description: 'null: none was stored' }),
    waivers: z.array(waiver),
    expectedAndSeen: z.array(compared),
    steps: z.array(step),
    commands: z.array(command),
    serverClock: orUnknown(z.strictObject({ aheadMs: z.number(), messages: z.int() })).meta({
      description: 'how far the clock of the MDM server was ahead; null: no message has its time',
    }),
    timeline: z.array(timelineEntry),
    replies: z.array(reply),
    checks: z.strictObject({
      compared: z.int(),
      notCompared: z.array(z.strictObject({ reason: text, replies: z.int() })),
    }),
    contradictions: z.array(contradiction),
    observations: z.array(observation),
    outcome,
    deviations: z.array(deviation),
    corrections: z.array(correction),
    review,
    signatures: z.array(signature),
  })
  .meta({
    title: 'Trial report of Oneway',
    description: 'Null means that the record does not say, unless its description says otherwise.',
  })

export type TrialReport = z.output<typeof trialReportSchema>

/** The published schema, docs/trial-report.schema.json. */
export const reportJsonSchema = () =>
  z.toJSONSchema(trialReportSchema, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // A reader's validator has its own idea of a date, and JSON no limit of a whole number.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
      if (jsonSchema.type === 'integer') {
        delete jsonSchema.minimum
        delete jsonSchema.maximum
      }
    },
  })
