import type { Citation } from '../rules/rule'
import type { Allowed, Dispute, DocumentedKey, DocumentedReply, Lives } from './documented-key'
import type { ValueType } from './plist-value'
import { declarativeLine, laterDeclarative } from './sources'
import { statusItems, statusItemsOf27 } from './status-items'

const at26 = { commit: '0a4527c5', os: '26' }
const at27 = { commit: '255d4a2d841448f71f526e4b5d5f7ad795de86ca', os: '27' }
const reportFile = 'protocol/statusreport'

/** https://github.com/apple/device-management/blob/b6202ca/declarative/protocol/statusreport.yaml#L5-L11 */
const lives: Lives = { iOS: { introduced: '15.0' }, tvOS: { introduced: '16.0' } }
const full: Lives = { iOS: { introduced: '17.0' }, tvOS: { introduced: '17.0' } }

type More = Partial<Pick<DocumentedKey, 'allowed' | 'disputes' | 'presence'>>

const key = (
  path: string,
  type: ValueType | 'any',
  of: Lives,
  cite: Citation,
  { presence = 'optional', allowed, disputes = [] }: More = {},
): DocumentedKey => ({
  ...{ path, type, presence, lives: of, disputes, reported: [], cites: [cite] },
  ...(allowed && { allowed }),
})

const required = { presence: 'required' } as const
const inReport = (line: number | string, what: string) => declarativeLine(reportFile, line, what)

/** The report itself, and its errors: only these are missed where they are absent. */
const envelope: readonly DocumentedKey[] = [
  key('StatusItems', 'dict', lives, inReport(17, 'StatusItems'), required),
  key('Errors', 'array', lives, inReport(22, 'Errors'), required),
  key('Errors[]', 'dict', lives, inReport(28, 'Errors')),
  key('Errors[].StatusItem', 'string', lives, inReport(33, 'StatusItem'), required),
  key('Errors[].Reasons', 'array', lives, inReport(38, 'Reasons')),
  key('Errors[].Reasons[]', 'dict', lives, inReport(45, 'Reasons')),
  key('Errors[].Reasons[].Code', 'string', lives, inReport(51, 'Code'), required),
  key('Errors[].Reasons[].Description', 'string', lives, inReport(56, 'Description')),
  key('Errors[].Reasons[].Details', 'any', lives, inReport(61, 'Details')),
  key('FullReport', 'boolean', full, inReport(66, 'FullReport')),
]

const livesOf = (iOS: string | undefined, tvOS: string | undefined): Lives => ({
  ...(iOS !== undefined && { iOS: { introduced: iOS } }),
  ...(tvOS !== undefined && { tvOS: { introduced: tvOS } }),
})

const place = (item: string) => `StatusItems.${item}`
const file = (item: string) => `status/${item}`

const updates = livesOf('17.0', '18.4')
const inUpdates = (item: string, sub: string, line: number, type: ValueType, more?: More) =>
  key(`${place(item)}.${sub}`, type, updates, declarativeLine(file(item), line, sub), more)

const installReasons = [
  ...['system-settings', 'install-tonight', 'auto-update', 'notification'],
  ...['setup-assistant', 'command-line', 'mdm', 'declaration'],
]

/** The time to install by is in the file of 26, for 17.0 and later; the file of 18.1 does not have it. */
const targetTime: Dispute = {
  when: 'present',
  below: '26',
  reason: "Apple's file of 26 documents the key from 17.0 on, and that of 18.1 does not have it",
  cites: [
    declarativeLine(file('softwareupdate.pending-version'), '29-L48', 'pending-version'),
    laterDeclarative(at26, file('softwareupdate.pending-version'), 'target-local-date-time'),
  ],
}

/** The keys inside of the software-update items. */
const updateKeys: readonly DocumentedKey[] = [
  inUpdates('softwareupdate.install-reason', 'reason', 36, 'array', required),
  inUpdates('softwareupdate.install-reason', 'reason[]', 43, 'string', {
    allowed: { words: installReasons },
  }),
  inUpdates('softwareupdate.install-reason', 'declaration-id', 66, 'string'),
  inUpdates('softwareupdate.pending-version', 'os-version', 37, 'string', required),
  inUpdates('softwareupdate.pending-version', 'build-version', 43, 'string', required),
  inUpdates('softwareupdate.pending-version', 'target-local-date-time', 29, 'string', {
    disputes: [targetTime],
  }),
  inUpdates('softwareupdate.failure-reason', 'count', 36, 'integer', required),
  inUpdates('softwareupdate.failure-reason', 'reason', 42, 'string'),
  inUpdates('softwareupdate.failure-reason', 'timestamp', 48, 'string'),
]

const declared = livesOf('15.0', '16.0')
/** The lines of each list and of its items. */
const lists: readonly (readonly [list: string, line: number])[] = [
  ['activations', 55],
  ['configurations', 127],
  ['assets', 141],
  ['management', 154],
]

/** What is documented of each declaration, with its line in the file; the lists share it. */
const ofDeclaration: readonly (readonly [
  sub: string,
  type: ValueType | 'any',
  line: number,
  More?,
])[] = [
  ['', 'dict', 63],
  ['.identifier', 'string', 69, required],
  ['.server-token', 'string', 74, required],
  ['.active', 'boolean', 79, required],
  ['.valid', 'string', 84, { ...required, allowed: { words: ['unknown', 'invalid', 'valid'] } }],
  ['.reasons', 'array', 94],
  ['.reasons[]', 'dict', 101],
  ['.reasons[].code', 'string', 107, required],
  ['.reasons[].description', 'string', 112],
  ['.reasons[].details', 'any', 117],
]

const declarationKeys = lists.flatMap(([list, line]) => {
  const item = 'management.declarations'
  const at = `${place(item)}.${list}`
  const cite = (to: number, what: string) => declarativeLine(file(item), to, what)
  return [
    key(at, 'array', declared, cite(line, list), required),
    ...ofDeclaration.map(([sub, type, to, more]) =>
      key(`${at}[]${sub}`, type, declared, cite(to, sub.slice(1) || list), more),
    ),
  ]
})

/** The schema up to 26 describes `waiting` and does not list it; that of 27 has dropped the description. */
const waiting: Dispute = {
  when: { word: 'waiting' },
  below: '27',
  reason: "the text of Apple's file describes the state, and its list of values does not have it",
  cites: [
    declarativeLine(file('softwareupdate.install-state'), '33-L38', 'install-state, values'),
    declarativeLine(file('softwareupdate.install-state'), 43, 'install-state, waiting'),
  ],
}

const valueRules: Readonly<Record<string, { allowed: Allowed; disputes?: Dispute[] }>> = {
  'softwareupdate.install-state': {
    allowed: { words: ['none', 'downloading', 'prepared', 'installing', 'failed'] },
    disputes: [waiting],
  },
}

const itemKeys: readonly DocumentedKey[] = [
  ...statusItems.map(([item, type, line, iOS, tvOS]) =>
    key(
      place(item),
      // The details of most items are not compared here.
      type,
      livesOf(iOS, tvOS),
      declarativeLine(file(item), line, item),
      valueRules[item],
    ),
  ),
  ...statusItemsOf27.map(([item, tvOS]) =>
    key(
      place(item),
      'any',
      livesOf('27.0', tvOS ? '27.0' : undefined),
      laterDeclarative(at27, file(item), item),
    ),
  ),
]

/** The dicts around the items: "StatusItems.device.operating-system" is in no file of its own. */
function groupsOf(keys: readonly DocumentedKey[]): DocumentedKey[] {
  const known = new Set(keys.map(({ path }) => path))
  const groups = keys.flatMap(({ path }) => {
    const names = path.split('.')
    return names.slice(1, -1).map((_, i) => names.slice(0, i + 2).join('.'))
  })
  return [...new Set(groups)]
    .filter((path) => !known.has(path))
    .map((path) => key(path, 'dict', lives, inReport(17, 'StatusItems')))
}

/**
 * A status report of declarative management. A device reports what has changed, so no item is required; keys inside of an
 * item are. Of most items only the name, the versions and the type are compared.
 */
export const statusReport: DocumentedReply = {
  lives,
  cites: [inReport('5-L11', 'StatusReport: versions')],
  keys: [...envelope, ...groupsOf(itemKeys), ...itemKeys, ...updateKeys, ...declarationKeys],
}
