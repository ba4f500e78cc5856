import type { ReadFeed } from './feed'
import { isFields } from './feed-form'
import {
  looksLikeAppledbDevice,
  looksLikeAppledbOs,
  readAppledbDevices,
  readAppledbOs,
} from './read-appledb'
import {
  looksLikeIpswDevice,
  looksLikeIpswEntry,
  readIpswDevice,
  readIpswDevices,
} from './read-ipsw'
import { looksLikePmv, readPmv } from './read-pmv'
import { looksLikeSofa, readSofa } from './read-sofa'

/** Said of a file that is none of them. */
const acceptedFeeds =
  'the JSON of Apple PMV (v2/pmv), of a SOFA v2 feed, of ipsw.me v4 (/devices, or /device/… with type=ipsw), or of AppleDB (OS entries or devices)'

const refuse = (path: string, reason: string): ReadFeed => ({ problems: [{ path, reason }] })

/**
 * Reads a published feed by its shape, whichever of the six it is. A file is read whole or refused with every
 * problem found, up to 20: half of a list would look like the end of everything in its other half.
 * @param text the whole file
 */
export function readFeed(text: string): ReadFeed {
  const json = parse(text.replace(/^\uFEFF/, ''))
  if ('problem' in json) return refuse('the file', json.problem)
  const { root } = json
  if (Array.isArray(root)) return readList(root)
  if (!isFields(root)) return refuse('the file', `is no feed: it must be ${acceptedFeeds}`)
  if (isFields(root.data) && looksLikePmv(root.data)) return readPmv(root.data)
  if (looksLikePmv(root)) return readPmv(root)
  if (looksLikeSofa(root)) return readSofa(root)
  if (looksLikeIpswDevice(root)) return readIpswDevice(root)
  if (looksLikeAppledbOs(root)) return readAppledbOs([root])
  if (looksLikeAppledbDevice(root)) return readAppledbDevices([root])
  return refuse('the file', `is of a shape that is not known: it must be ${acceptedFeeds}`)
}

function readList(root: readonly unknown[]): ReadFeed {
  const [first] = root
  if (first === undefined)
    return refuse('the file', 'is an empty list: there is nothing to read in it')
  if (!isFields(first)) return refuse('[0]', `is no object: the file must be ${acceptedFeeds}`)
  if (looksLikeAppledbOs(first)) return readAppledbOs(root)
  if (looksLikeIpswEntry(first)) return readIpswDevices(root)
  if (looksLikeAppledbDevice(first)) return readAppledbDevices(root)
  return refuse('[0]', `is of a shape that is not known: the file must be ${acceptedFeeds}`)
}

function parse(text: string): { root: unknown } | { problem: string } {
  if (text.trim() === '') return { problem: 'is empty' }
  try {
    return { root: JSON.parse(text) }
  } catch (error) {
    const end = text.trimEnd().at(-1)
    const cut = end !== '}' && end !== ']' ? '; it seems to be cut off' : ''
    const detail = error instanceof Error ? error.message.slice(0, 200) : ''
    return { problem: `is not whole JSON (${detail})${cut}` }
  }
}
