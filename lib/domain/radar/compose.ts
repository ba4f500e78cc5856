import { wholeReply } from '../contradiction/finding'
import type { Citation } from '../rules/rule'
import { isDeclaration, mechanismOf } from '../trial/mechanism'
import { describeEnforcementTime } from '../trial/offered-target'
import type { DeclarationSlotPlan, ProtocolPlan, SlotPlan } from '../trial/protocol'
import { type RadarContent, radarTextLabels } from './radar'

/** What a report is written from. Everything in it comes from the record; a person can change the text before it is filed. */
export type RadarSource = {
  platform: string
  startVersion: string
  startBuild: string | undefined
  modelIdentifier: string | undefined
  plan: Pick<ProtocolPlan, 'steps' | 'slots' | 'expectedOutcome'> | undefined
  /** The readings of the starting state, as label and value. */
  readings: readonly { label: string; value: string }[]
  /** From the comparison with the schema; without it the report is about how the trial ended. */
  contradiction: SourceContradiction | undefined
  /** How the trial ended, in words. */
  ended: string | undefined
  /** The reply of the device as text, secrets replaced; undefined where it left none. */
  reply: string | undefined
  trialNumber: number | undefined
  simulated: boolean
}

type SourceContradiction = {
  requestType: string
  path: string
  observed: string
  expected: string
  reason: string
  documentation: string
  cites: readonly Citation[]
}

/** A longer reply is cut; the complete copy of the trial has all of it. */
const maxReply = 6_000

/**
 * The text of a report: Expected is what the schema documents, with its citation, and Actual is what the reply says. A
 * typed report of 2018 had the two swapped (https://github.com/lionheart/openradar-mirror/issues/20593).
 */
export function composeRadar(source: RadarSource): RadarContent {
  const { contradiction, platform } = source
  return {
    title: titleOf(source),
    area: `${platform}: Device Management (MDM), software update`,
    steps: stepsOf(source),
    expected: contradiction
      ? `${placeOf(contradiction.requestType, contradiction.path)}: ${contradiction.expected}. Compared with ${contradiction.documentation}.`
      : (source.plan?.expectedOutcome ?? ''),
    actual: actualOf(source),
    configuration: configurationOf(source),
    cites: contradiction?.cites ?? [],
  }
}

function titleOf({ contradiction, platform, startVersion, ended, plan }: RadarSource): string {
  const on = `on ${platform} ${startVersion}`
  const about =
    plan && mechanismOf(plan) === 'declaration'
      ? 'SoftwareUpdateEnforcementSpecific'
      : 'ScheduleOSUpdate'
  if (!contradiction) return `${about} ${on}: ${ended ?? 'unexpected result'}`
  const { requestType, path, observed } = contradiction
  const place = placeOf(requestType, path)
  return `${place}: ${observed} ${on}`.slice(0, 200)
}

/** Where in which reply; an empty list has the path of the list here. */
function placeOf(requestType: string, path: string): string {
  const plain = path.replace(/=\[\]$/, '')
  if (plain === wholeReply) return requestType
  return plain.startsWith(requestType) ? plain : `${requestType} ${plain}`
}

function stepsOf({ plan, platform, startVersion, contradiction }: RadarSource): string {
  const begin = `Enroll a supervised device on ${platform} ${startVersion}.`
  const commands = plan?.slots.map(slotText) ?? []
  const planned = plan?.steps.map(({ doThis, expect }) =>
    expect ? `${doThis} (expected: ${expect})` : doThis,
  )
  const query = contradiction ? readingStep(contradiction.requestType) : []
  return [begin, ...commands, ...(planned ?? []), ...query]
    .map((step, index) => `${index + 1}. ${step}`)
    .join('\n')
}

/** How the message that shows it is got; the answer to an update command comes by itself. */
function readingStep(requestType: string): string[] {
  if (requestType === 'ScheduleOSUpdate') return []
  return requestType === 'StatusReport'
    ? ['Read the status report that the device sends by declarative management.']
    : [`Send ${requestType} and read the reply.`]
}

function slotText(slot: SlotPlan): string {
  if (isDeclaration(slot)) return declarationText(slot)
  const { installAction, productKey, productVersion } = slot
  const target = [
    productVersion && `ProductVersion ${productVersion}`,
    productKey && `ProductKey ${productKey}`,
  ].filter(Boolean)
  return `Send ScheduleOSUpdate with InstallAction ${installAction}${target.length > 0 ? ` and ${target.join(', ')}` : ''}.`
}

function declarationText({ targetVersion, targetBuild, when, detailsUrl }: DeclarationSlotPlan) {
  const build = targetBuild === undefined ? '' : `, TargetBuildVersion ${targetBuild}`
  const details = detailsUrl === undefined ? '' : ` and DetailsURL ${detailsUrl}`
  return `Send a declaration com.apple.configuration.softwareupdate.enforcement.specific with TargetOSVersion ${targetVersion}${build}, TargetLocalDateTime ${describeEnforcementTime(when)}${details}, and an activation of it.`
}

function actualOf({ contradiction, ended, reply }: RadarSource): string {
  const seen = contradiction
    ? `${placeOf(contradiction.requestType, contradiction.path)}: ${contradiction.observed}. ${capital(contradiction.reason)}.`
    : undefined
  const result = ended === undefined ? undefined : `How the trial ended: ${ended}.`
  const shown =
    reply === undefined
      ? undefined
      : `The reply of the device:\n${reply.length > maxReply ? `${reply.slice(0, maxReply)}\n… (cut)` : reply}`
  return [seen, result, shown].filter((part) => part !== undefined).join('\n\n')
}

function configurationOf({ readings, ...source }: RadarSource): string {
  const { platform, startVersion, startBuild, modelIdentifier, trialNumber, simulated } = source
  const build = startBuild ? ` (${startBuild})` : ''
  return [
    `${platform} ${startVersion}${build}`,
    modelIdentifier && `Model: ${modelIdentifier}`,
    ...readings.map(({ label, value }) => `${label}: ${value}`),
    trialNumber !== undefined && `Record: trial T-${trialNumber}, its complete copy is attached`,
    simulated && 'SIMULATED: a virtual device, not evidence about Apple software',
  ]
    .filter(Boolean)
    .join('\n')
}

const capital = (text: string) => text.replace(/^./, (first) => first.toUpperCase())

const sections = ['steps', 'expected', 'actual', 'configuration'] as const

/** The whole report as plain text, to paste into Feedback Assistant. */
export function radarAsText(content: RadarContent): string {
  const parts = sections.map(
    (field) => `${radarTextLabels[field].toUpperCase()}\n${content[field].trim()}`,
  )
  const cites = content.cites.map(({ label, url }) => `${label}: ${url}`)
  return [
    content.title,
    `Area: ${content.area}`,
    ...parts,
    ...(cites.length > 0 ? [`DOCUMENTED IN\n${cites.join('\n')}`] : []),
    '',
  ].join('\n\n')
}

/** The same in Markdown. Actual is a code block, as it has the XML of a reply in it. */
export function radarAsMarkdown(content: RadarContent): string {
  const parts = sections.map((field) => {
    const text = content[field].trim()
    const body = field === 'actual' ? fenced(text) : field === 'steps' ? text : escaped(text)
    return `## ${radarTextLabels[field]}\n\n${body}`
  })
  const cites = content.cites.map(({ label, url }) => `- [${escaped(label)}](<${url}>)`)
  return [
    `# ${escaped(content.title)}`,
    `Area: ${escaped(content.area)}`,
    ...parts,
    ...(cites.length > 0 ? [`## Documented in\n\n${cites.join('\n')}`] : []),
    '',
  ].join('\n\n')
}

/** A fence longer than any in the text, https://spec.commonmark.org/0.31.2/#fenced-code-blocks. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** Characters that Markdown reads as markup; two blanks at the end of a line keep the line. */
const escaped = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>#|]/g, String.raw`\$&`).replaceAll('\n', '  \n')
