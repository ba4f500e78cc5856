import { below } from '../device/os-version'
import { read, readOs, unsettled } from './judging'
import {
  fail,
  type Judgement,
  notApplicable,
  pass,
  type Rule,
  type RuleContext,
  unknown,
} from './rule'
import { enforcement, scheduleDeclarations } from './sources'
import { declarationBounds } from './version-bounds'

/**
 * A managed declaration takes precedence: the device ignores the command and answers an informational error; of two
 * declarations the earlier time wins. Only declarations of the very trial that is judged do not count: a protocol may
 * send a command to see it ignored. They are told by their identifiers, which no other program makes, in the newest
 * report of the device; their status subscriptions, which enforce nothing, are left out. Whatever else it names, or does not
 * name, is not ours.
 */
export const noDeclaration: Rule = {
  id: 'Q9',
  title: 'No software-update declaration is active but those of this trial',
  kind: 'eligibility',
  cites: [scheduleDeclarations, enforcement, ...declarationBounds.tvOS.cites],
  fields: ['osVersion', 'activeDeclaration'],
  facts: ({ device: { trialDeclarations: of } }) =>
    of
      ? [
          { label: 'Declarations of this trial', value: listed(of.released) },
          {
            label: 'Declarations that the device named',
            value: listed([...(of.seen?.own ?? []), ...(of.seen?.others ?? [])]),
            answeredAt: of.seen?.at.toISOString(),
          },
        ]
      : [],
  judge(context) {
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const { platform } = context.device
    const { bound } = declarationBounds[platform]
    if (below(os.value, bound))
      return notApplicable(`${platform} has no such declaration before ${bound}`)
    const own = judgeOwn(context)
    if (own) return own
    const known = read(context, 'activeDeclaration')
    if (known.status !== 'known') return unsettled('activeDeclaration', known)
    return known.value
      ? fail(
          `a software-update declaration is active${named(context)}, and the device would not do what this trial asks`,
          'Remove the declaration from the device and wait until it has reported so.',
          'A software-update declaration is active',
        )
      : pass('no software-update declaration is active')
  },
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.toSorted().join(', ')

/** The judgement where a declaration of this trial is or may be on the device; undefined where none is. */
function judgeOwn({ device }: RuleContext): Judgement | undefined {
  if (!device.trialDeclarations) return undefined
  const { seen, released } = device.trialDeclarations
  if (!seen)
    return unknown(
      'a declaration of this trial was released, and the device has not yet reported which are active',
      'Wait until the device has reported its declarations to the MDM server.',
      'Declarations on the device are unknown',
    )
  const shown = (device.declarations ?? []).map(
    ({ identifier }) => identifier ?? 'one without a name',
  )
  const others = [...new Set([...seen.others, ...shown.filter((one) => !released.includes(one))])]
  if (others.length > 0)
    return fail(
      `a configuration that came after this trial's and is not of it may be active: ${listed(others)}`,
      'Remove it from the device and wait until it has reported so.',
      'A configuration of another program is active',
    )
  return seen.own.length > 0
    ? pass(`the device named only declarations of this trial: ${listed(seen.own)}`)
    : pass(
        'the device named no other declaration',
        'it has not named the declaration of this trial either: a command would be carried out as if there were none',
      )
}

/** " (other.program.enforce, of another program)"; empty where a person has only entered that there is one. */
function named({ device: { declarations = [] } }: RuleContext): string {
  const names = declarations.map(
    ({ identifier, own }) =>
      `${identifier ?? 'one that the device does not name'}, of ${own ? 'this lab' : 'another program'}`,
  )
  return names.length === 0 ? '' : ` (${names.join('; ')})`
}
