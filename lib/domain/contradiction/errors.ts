import { describeLife } from '../documentation/documentation'
import type { DocumentedReply } from '../documentation/documented-key'
import { noUpdateCodes, unknownCommandCode } from '../documentation/envelope'
import type { PlistValue } from '../documentation/plist-value'
import { mdmReference2018 } from '../documentation/sources'
import { type PathFinding, wholeReply } from './finding'
import type { Walk } from './walk'

type Code = { domain: string; code: number }
type Dict = Extract<PlistValue, { type: 'dict' }>

/** The path under which an empty list, or an Error in its place, is counted. */
export const emptyPath = (list: string): string => `${list}=[]`

/** The findings for an Error where an answer is documented. Any other Error is a documented reply. */
export function errorFindings(
  walk: Walk,
  documented: DocumentedReply,
  reply: Dict,
  status: string | undefined,
): PathFinding[] {
  if (status !== 'Error') return []
  const chain = codesOf(reply)
  const found = [
    ...errorForEmptyList(documented, chain),
    ...errorForKnownCommand(walk, documented, chain),
  ]
  for (const { path } of found) walk.judged.add(path)
  return found
}

/** "No update" is documented as an empty list; iOS from 11.3 on answers error 2213 over error 3 (radars 39170807, 39591791). */
function errorForEmptyList({ emptyList }: DocumentedReply, chain: Code[]): PathFinding[] {
  const code = emptyList && firstOf(chain, noUpdateCodes)
  if (!code) return []
  const path = emptyPath(emptyList.path)
  const observed = `Error ${code.domain} ${code.code}`
  const { cites, reported } = emptyList
  return [
    {
      path,
      kind: 'undocumentedError',
      observed,
      expected: 'Acknowledged with an empty array',
      reason: `${observed} ("no update") where an empty list is documented`,
      cites,
      reported,
      outOf: path,
    },
  ]
}

function errorForKnownCommand(
  walk: Walk,
  documented: DocumentedReply,
  chain: Code[],
): PathFinding[] {
  const code = firstOf(chain, [unknownCommandCode])
  if (!code) return []
  const life = describeLife(documented.lives[walk.family])
  const observed = `Error ${code.domain} ${code.code}`
  return [
    {
      path: wholeReply,
      kind: 'undocumentedError',
      observed,
      expected: `an answer: the command is ${life}`,
      reason: `the device reports that it does not know the command, which is ${life}`,
      cites: [...documented.cites, mdmReference2018],
      reported: [],
      outOf: wholeReply,
    },
  ]
}

const firstOf = (chain: Code[], codes: readonly Code[]): Code | undefined =>
  chain.find(({ domain, code }) => codes.some((one) => one.domain === domain && one.code === code))

/** The codes in the top-level ErrorChain that have the documented types. */
function codesOf(reply: Dict): Code[] {
  const chain = reply.entries.get('ErrorChain')
  if (chain?.type !== 'array') return []
  return chain.items.flatMap((item) => {
    if (item.type !== 'dict') return []
    const [domain, code] = [item.entries.get('ErrorDomain'), item.entries.get('ErrorCode')]
    if (domain?.type !== 'string' || code?.type !== 'integer') return []
    return [{ domain: domain.value, code: code.value }]
  })
}
