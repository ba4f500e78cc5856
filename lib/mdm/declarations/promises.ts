import type { ServerPromise } from '../nano-promises'
import { declarationApis, type ServerKind, serverTraits } from '../server-kinds'

const kmfddm = 'https://github.com/jessepeterson/kmfddm/blob/v0.8.3'

/** What a server of this kind can and cannot promise about updates by declaration; `isSet`: one beside it is known. */
export function declarationPromises(kind: ServerKind, isSet: boolean): ServerPromise[] {
  const { declarations, declarationsNote } = serverTraits[kind]
  const has = declarations === 'builtIn' || (declarations === 'beside' && isSet)
  const can: ServerPromise = {
    question: 'Can an update be enforced by declaration?',
    answer: has ? 'yes' : 'no',
    reason: has || declarations === 'none' ? declarationsNote.reason : noneIsSet,
    cites: declarationsNote.cites,
  }
  if (!has) return [can]
  const { name } = declarationApis[declarations]
  return [can, ...promisesOf(name), ...(declarations === 'beside' ? [deviceSide(name)] : [])]
}

const noneIsSet = `No ${declarationApis.beside.name} is set for this server: updates go by command only.`

const promisesOf = (name: string): ServerPromise[] => [
  {
    question: 'Does a stored declaration mean that its device learns of it?',
    answer: 'no',
    reason: `${name} stores it, and then enqueues a command that makes the device look. Its answer does not say whether that command was queued, and storing the same once more wakes nobody. What the device fetches and reports shows it.`,
    cites: `${kmfddm}/http/api/declarations.go`,
  },
  {
    question: 'Can it show which declarations a device is to have?',
    answer: 'yes',
    reason:
      'Its API shows the sets of a device and what is in them, whoever put them there. It does not show what the device has taken.',
    cites: `${kmfddm}/http/api/enrollments.go`,
  },
  {
    question: 'Can a declaration be taken back?',
    answer: 'yes',
    reason:
      'It can be taken out of what the device is to have. An install that is under way goes on, and only the device shows that it has dropped the declaration.',
    cites: `${kmfddm}/http/api/enrollments.go`,
  },
]

const deviceSide = (name: string): ServerPromise => ({
  question: 'Is a status report proof of what the device did?',
  answer: 'no',
  reason: `The side of ${name} that devices reach through the MDM server has no key: only the MDM server may reach its port. A report is a claim.`,
  cites: `${kmfddm}/http/ddm/ddm.go`,
})
