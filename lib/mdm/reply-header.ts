import type { PlistValue } from './plist/value'
import {
  isDict,
  isMissing,
  itemsOf,
  note,
  type Place,
  rootOf,
  textOf,
  under,
  wholeOf,
} from './plist-fields'
import { type ErrorItem, type ReplyHeader, type ReplyStatus, replyStatuses } from './reply-types'

/** What can be read from a reply without knowing the request type of its command. */
export function readReplyHeader(plist: PlistValue): ReplyHeader {
  return readHeader(rootOf(plist, []))
}

/** The same for the root of a reply that is read further afterwards; the oddities of both are collected together. */
export function readHeader(root: Place): ReplyHeader {
  isDict(root)
  const statusText = textOf(under(root, 'Status'))
  const status = documentedStatus(statusText)
  noteStatus(under(root, 'Status'), status)
  return {
    errorChain: errorChainOf(under(root, 'ErrorChain')),
    oddities: root.oddities,
    ...defined('status', status),
    ...defined('statusText', statusText),
    ...defined('commandUuid', textOf(under(root, 'CommandUUID'))),
    ...defined('udid', textOf(under(root, 'UDID'))),
    ...defined('echoedRequestType', textOf(under(root, 'RequestType'))),
  }
}

const noteStatus = (place: Place, status: ReplyStatus | undefined) => {
  if (isMissing(place)) note(place, 'no status')
  else if (place.value?.type === 'string' && place.value.value !== status)
    note(place, `the status ${JSON.stringify(place.value.value)} is in no document`)
}

/**
 * The documented status that a text stands for, in any case: a "notnow" taken for another status would close a
 * command that the MDM server will deliver again.
 */
export function documentedStatus(text: string | undefined): ReplyStatus | undefined {
  const word = text?.trim().toLowerCase()
  return replyStatuses.find((known) => known.toLowerCase() === word)
}

/** A key with its value, or no key if the value is undefined, for optional properties. */
export function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  // The compiler widens a computed key of a literal type to string.
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}

/** An ErrorChain, at the top or inside an item of UpdateResults. Item 0 is the top error. */
export function errorChainOf(place: Place): ErrorItem[] {
  return (itemsOf(place) ?? []).filter(isDict).map((item) => {
    const english = textOf(under(item, 'USEnglishDescription'))
    return {
      ...defined('domain', textOf(under(item, 'ErrorDomain'))),
      ...defined('code', wholeOf(under(item, 'ErrorCode'))),
      ...defined('text', english ?? textOf(under(item, 'LocalizedDescription'))),
    }
  })
}
