import { readingFields } from '@/lib/domain/reading/reading'
import type { TrialReport } from '../report/report-format'
import { type Hider, namesIssue } from './hide'

// The begin of a report: what was planned, the device and its starting state.

/** The plan, which people wrote: its words are left out unless they are chosen, its commands stay. */
export function redactProtocol(
  protocol: TrialReport['protocol'],
  hide: Hider,
): TrialReport['protocol'] {
  const { version, primaryOutcome, deadlineMinutes, commands } = protocol
  return {
    ...{ version, primaryOutcome, deadlineMinutes },
    commands: commands.map((command) => redactSlot(command, hide)),
    id: hide.scrub(protocol.id),
    versionId: hide.scrub(protocol.versionId),
    title: hide.free('Title of the protocol', protocol.title),
    question: hide.free('Question', protocol.question),
    hypothesis: hide.freeOrNull('Hypothesis', protocol.hypothesis),
    inclusion: hide.freeOrNull('Inclusion', protocol.inclusion),
    exclusion: hide.freeOrNull('Exclusion', protocol.exclusion),
    stopRule: hide.freeOrNull('Stop rule', protocol.stopRule),
    expectedOutcome: hide.free('Expected outcome of the protocol', protocol.expectedOutcome),
  }
}

/** The address that a declaration shows is the lab's. Reports frozen before there were declarations have none. */
function redactSlot(
  command: TrialReport['protocol']['commands'][number],
  hide: Hider,
): TrialReport['protocol']['commands'][number] {
  const { declaration } = command
  if (!declaration) return command
  const detailsUrl = hide.freeOrNull('DetailsURL of a declaration', declaration.detailsUrl)
  return { ...command, declaration: { ...declaration, detailsUrl } }
}

/** How the trial got its arm stays, what people called it does not. Reports frozen before there were arms have none. */
export function redactArm(arm: TrialReport['arm'] | undefined, hide: Hider): TrialReport['arm'] {
  if (!arm) return null
  const { method, place, at } = arm
  return {
    ...{ method, at, by: hide.person(arm.by) },
    name: hide.free('Name of the arm', arm.name),
    asks: hide.free('What the arm asks for', arm.asks),
    reason: hide.freeOrNull('Why the arm was chosen', arm.reason),
    place: place && { ...place, stratum: hide.scrub(place.stratum) },
  }
}

/** What the device is, without what tells it from others of its model; the lab's own tag stays. */
export function redactDevice(device: TrialReport['device'], hide: Hider): TrialReport['device'] {
  const { labTag, platform, modelIdentifier, modelName, serial, enrollmentId, server } = device
  return {
    ...{ platform, modelIdentifier, modelName },
    id: hide.scrub(device.id),
    labTag: labTag === null ? null : hide.scrub(labTag),
    name: '[device name]',
    serial: serial === null ? null : '[serial number]',
    enrollmentId: enrollmentId === null ? null : '[enrollment ID]',
    server: server && {
      ...{ id: hide.scrub(server.id), name: '[MDM server]', kind: server.kind },
      storage: server.storage,
    },
  }
}

/** Every text in a value, however deep. */
function scrubDeep(value: unknown, hide: Hider): unknown {
  if (typeof value === 'string') return hide.scrub(value)
  if (Array.isArray(value)) return value.map((one) => scrubDeep(one, hide))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, scrubDeep(one, hide)]))
}

/** What Q20 says of a reservation; a lead's own words follow. */
const reservation =
  /^(?:reserved by a lead )?(?:until the end of \d{4}-\d{2}-\d{2} UTC|without an end): /

/** A text of the program in which words of a lead may stand: why a device is reserved, or the fault of a known issue. */
function programText(label: string, text: string, hide: Hider): string {
  const begin = reservation.exec(text)?.[0]
  if (begin !== undefined)
    return begin + hide.free('What a device is reserved for', text.slice(begin.length))
  return namesIssue(text) ? hide.free(label, text) : hide.scrub(text)
}

/** Readings that say where the device is, and what is shown for them. */
const places = { networkName: '[network name]', timeZone: '[time zone]' } as const

const placeOf = (field: string): string | undefined =>
  // Only the two fields of the table are its own.
  Object.hasOwn(places, field) ? places[field as keyof typeof places] : undefined

export function redactStart(
  state: TrialReport['startingState'],
  hide: Hider,
): TrialReport['startingState'] {
  if (!state) return null
  const { frozenAt, os, build } = state
  return {
    ...{ frozenAt, os, build },
    readings: state.readings.map((reading) => {
      const { field, label, status, source, askedAt, answeredAt, ageSeconds } = reading
      const hidden = status === 'known' ? placeOf(field) : undefined
      return {
        ...{ field, label, status, source, askedAt, answeredAt, ageSeconds },
        value: hidden ?? scrubDeep(reading.value, hide),
        words: hidden ?? programText('Why a reading is unknown', reading.words, hide),
        by: hide.personOrNull(reading.by),
      }
    }),
    facts: redactFacts(state.facts, hide),
  }
}

type Facts = NonNullable<TrialReport['startingState']>['facts']

/** The model stays; fields of the lab hold what people wrote. Reports frozen before there were facts have none. */
function redactFacts(facts: Facts | undefined, hide: Hider): Facts {
  if (!facts) return null
  return facts.map(({ label, words, by, at }, place) => ({
    ...{ label: hide.scrub(label), at, by: hide.personOrNull(by) },
    words: factWords({ label, words }, place, hide),
  }))
}

/** The program's own come first, in this order; a field of the lab may have the same name. */
const ownFacts = ['Model identifier', 'Model', 'Serial']
const withoutValue = ['unknown', 'not given']

function factWords(
  { label, words }: { label: string; words: string },
  place: number,
  hide: Hider,
): string {
  if (withoutValue.includes(words)) return words
  if (ownFacts[place] !== label) return hide.free('Field of the device', words)
  return label === 'Serial' ? '[serial number]' : hide.scrub(words)
}

const networkLabel = readingFields.networkName.label
const zoneLabel = readingFields.timeZone.label

/** Inputs of rules that identify the device or where it is, by their labels. */
const hiddenInputs: Record<string, string> = {
  'Enrollment ID': '[enrollment ID]',
  'MDM server': '[MDM server]',
  [networkLabel]: places.networkName,
  [zoneLabel]: places.timeZone,
}

type Finding = NonNullable<TrialReport['verdict']>['findings'][number]

/** The reason of a rule without the place that it repeats out of its input: Q13 the network, Q24 the time zone. */
function withoutPlace({ reason, inputs }: Finding): string {
  const inputOf = (wanted: string) => inputs.find(({ label }) => label === wanted)?.value
  const [name, zone] = [inputOf(networkLabel), inputOf(zoneLabel)]
  const plain = name ? reason.replaceAll(`named ${name}`, `named ${places.networkName}`) : reason
  return zone ? plain.replaceAll(zone, places.timeZone) : plain
}

export function redactVerdict(
  verdict: TrialReport['verdict'],
  hide: Hider,
): TrialReport['verdict'] {
  if (!verdict) return null
  const { id, overall, ruleSet, judgedAt, hash, ofRelease } = verdict
  return {
    ...{ id, overall, ruleSet, judgedAt, hash, ofRelease },
    findings: verdict.findings.map((finding) => {
      const { ruleId, title, kind, cites, warnOnly, waived, inputs } = finding
      return {
        ...{ ruleId, title, kind, warnOnly, cites, verdict: finding.verdict },
        reason: programText('Reason of a rule', withoutPlace(finding), hide),
        waived: waived && {
          by: hide.person(waived.by),
          reason: hide.free('Reason of a waiver', waived.reason),
        },
        inputs: inputs.map(({ label, value, source, answeredAt }) => ({
          ...{ label, source, answeredAt },
          value: hiddenInputs[label] ?? programText('Reading', value, hide),
        })),
      }
    }),
  }
}

type Step = TrialReport['steps'][number]
type Tick = NonNullable<Step['tick']>

const redactTick = ({ done, at, recordedAt, by, note, reason }: Tick, hide: Hider): Tick => ({
  ...{ done, at, recordedAt, by: hide.person(by) },
  note: hide.free('Note on a step', note),
  reason: hide.freeOrNull('Reason of a correction', reason),
})

export function redactStep(step: Step, hide: Hider): Step {
  const { ordinal, sightings, difference, tick, corrected } = step
  return {
    ...{ ordinal, sightings, difference },
    doThis: hide.free('Step', step.doThis),
    lookAt: hide.freeOrNull('What a step looks at', step.lookAt),
    expect: hide.free('What a step expects', step.expect),
    tick: tick && redactTick(tick, hide),
    corrected: corrected.map((one) => redactTick(one, hide)),
  }
}
