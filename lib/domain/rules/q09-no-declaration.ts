import { below } from '../device/os-version'
import { read, readOs, unsettled } from './judging'
import { fail, notApplicable, pass, type Rule, type RuleContext } from './rule'
import { enforcement, scheduleDeclarations } from './sources'
import { declarationBounds } from './version-bounds'

/** A managed declaration takes precedence: the device ignores the command and answers an informational error. */
export const noDeclaration: Rule = {
  id: 'Q9',
  title: 'No software-update declaration is active',
  kind: 'eligibility',
  cites: [scheduleDeclarations, enforcement, ...declarationBounds.tvOS.cites],
  fields: ['osVersion', 'activeDeclaration'],
  judge(context) {
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const { platform } = context.device
    const { bound } = declarationBounds[platform]
    if (below(os.value, bound))
      return notApplicable(`${platform} has no such declaration before ${bound}`)
    const known = read(context, 'activeDeclaration')
    if (known.status !== 'known') return unsettled('activeDeclaration', known)
    return known.value
      ? fail(
          `a software-update declaration is active${named(context)}, and the device would ignore the command`,
          'Remove the declaration from the device and wait until it has reported so.',
          'A software-update declaration is active',
        )
      : pass('no software-update declaration is active')
  },
}

/** " (other.program.enforce, of another program)"; empty where a person has only entered that there is one. */
function named({ device: { declarations = [] } }: RuleContext): string {
  const names = declarations.map(
    ({ identifier, own }) =>
      `${identifier ?? 'one that the device does not name'}, of ${own ? 'this lab' : 'another program'}`,
  )
  return names.length === 0 ? '' : ` (${names.join('; ')})`
}
