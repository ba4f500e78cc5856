import { type ServerKind, serverTraits } from './server-kinds'

/** Where a command is sent. It is signed at the release, stored with the command, and compared before sending. */
export type Destination = {
  url: string
  kind: ServerKind
  /** SHA-256 in hex over the server's ID and its API key: distinguishes keys without revealing them. */
  keySha256: string
}

/** A key's hash, short enough to read aloud. */
const keyInWords = (keySha256: string): string => keySha256.slice(0, 8)

/** The destination on one line, for a finding, a release form or a command's row. */
export const destinationInWords = ({ url, kind, keySha256 }: Destination): string =>
  `${url} (${serverTraits[kind].label}, API key ${keyInWords(keySha256)})`

/** How the server has changed since a command was released to it, in words; undefined if it has not. */
export function destinationChange(
  released: Partial<Record<keyof Destination, string | null>>,
  now: Destination,
): string | undefined {
  if (!released.url) return 'it was released before its destination was recorded'
  const changes = [
    released.url !== now.url && `it was released for ${released.url}, the server is now ${now.url}`,
    released.kind !== now.kind &&
      `it was released for a server of the kind ${released.kind}, which is now ${now.kind}`,
    released.keySha256 !== now.keySha256 &&
      `it was released with the API key ${keyInWords(released.keySha256 || 'unknown')}, the server's is now ${keyInWords(now.keySha256)}`,
  ].filter((change) => change !== false)
  return changes.length === 0 ? undefined : changes.join('; ')
}
