import { acceptedBuild, isBuild, splitVersion } from '../device/os-version'
import { installActions } from './install-action'
import { isDeclaration } from './mechanism'
import { type PlanProblem, problem } from './plan-problem'
import type { CommandSlotPlan, DeclarationSlotPlan, SlotPlan } from './protocol'

/** The limits of a declaration: it enforces within the longest time that a trial is observed. */
export const slotLimits = { daysLater: 90, detailsUrl: 2_000 }

/**
 * The problems of one command. Whether a device understands ProductVersion is judged by rule Q7. A target is required:
 * without one a device installs any update it is offered
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml#L37-L68).
 */
export function slotProblems(slot: SlotPlan, field = 'slot'): PlanProblem[] {
  return isDeclaration(slot) ? declarationProblems(slot, field) : commandProblems(slot, field)
}

function commandProblems(slot: CommandSlotPlan, field: string): PlanProblem[] {
  const { installAction, productKey, productVersion } = slot
  const problems: PlanProblem[] = []
  if (!installActions.includes(installAction))
    problems.push(
      ...problem(`${field}.installAction`, `choose one of ${installActions.join(', ')}`),
    )
  if (productKey === undefined && productVersion === undefined)
    problems.push(
      ...problem(`${field}.productKey`, 'name a target: a ProductKey, a ProductVersion, or both'),
    )
  if (productKey !== undefined) problems.push(...keyProblems(productKey, `${field}.productKey`))
  if (productVersion !== undefined)
    problems.push(...versionProblems(productVersion, `${field}.productVersion`, 'ProductVersion'))
  return problems
}

function keyProblems(key: string, field: string): PlanProblem[] {
  if (isBuild(key))
    return problem(field, `"${key}" is a build; the ProductKey of it is iOSUpdate${key}`)
  if (splitVersion(key))
    return problem(field, `"${key}" is a version; put it into ProductVersion instead`)
  return /^[A-Za-z0-9_.-]{3,128}$/.test(key)
    ? []
    : problem(
        field,
        'a ProductKey is 3 to 128 letters, digits, "_", "-" or ".", such as iOSUpdate15G77',
      )
}

function versionProblems(version: string, field: string, key: string): PlanProblem[] {
  const split = splitVersion(version)
  if (split && split.extra === undefined) return []
  if (/\([a-z]\)\s*$/i.test(version))
    return problem(field, `${key} cannot name a Rapid Security Response such as "16.5 (a)"`)
  if (isBuild(version))
    return problem(field, `"${version}" is a build; write the version, such as 11.4.1`)
  return problem(field, 'a version is numbers with dots, such as 11.4.1, without leading zeros')
}

/**
 * The problems of a declaration. The version is required; the build may have the letter of a supplement, as in 20A242a
 * (https://github.com/apple/device-management/blob/b6202ca/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml).
 */
function declarationProblems(slot: DeclarationSlotPlan, field: string): PlanProblem[] {
  const { targetVersion, targetBuild, detailsUrl } = slot
  return [
    ...(targetVersion.trim() === ''
      ? problem(`${field}.targetVersion`, 'name the version that the declaration enforces')
      : versionProblems(targetVersion, `${field}.targetVersion`, 'TargetOSVersion')),
    ...(targetBuild === undefined || isBuild(targetBuild)
      ? []
      : problem(`${field}.targetBuild`, `"${targetBuild}" is not ${acceptedBuild}`)),
    ...timeProblems(slot, `${field}.when`),
    ...(detailsUrl === undefined ? [] : urlProblems(detailsUrl, `${field}.detailsUrl`)),
  ]
}

function timeProblems({ when }: DeclarationSlotPlan, field: string): PlanProblem[] {
  if (when.kind === 'asSoonAsPossible') return []
  const { daysLater, clock } = when
  const days =
    Number.isInteger(daysLater) && daysLater >= 0 && daysLater <= slotLimits.daysLater
      ? []
      : problem(`${field}.daysLater`, `whole days from 0 to ${slotLimits.daysLater}`)
  const time = /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(clock)
    ? []
    : problem(`${field}.clock`, 'a time of day from 00:00 to 23:59, such as 09:30')
  return [...days, ...time]
}

function urlProblems(url: string, field: string): PlanProblem[] {
  const { detailsUrl } = slotLimits
  if (url.length > detailsUrl)
    return problem(field, `at most ${detailsUrl.toLocaleString('en')} characters`)
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' || /[\s\p{C}]/u.test(url))
    return problem(
      field,
      'an address that begins with https://, such as https://lab.example/update',
    )
  return parsed.username || parsed.password
    ? problem(field, 'an address without a user name and password: every device shows it')
    : []
}
