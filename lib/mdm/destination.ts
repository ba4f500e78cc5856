import { type ServerKind, serverTraits } from './server-kinds'

/** Where a command goes. It is signed at the release, kept with the command, and compared when it is sent. */
export type Destination = {
  url: string
  kind: ServerKind
  /** SHA-256 in hex over the server's ID and its API key: tells two keys apart and gives neither away. */
  keySha256: string
}

/** Short enough to be read aloud; never the key. */
const keyInWords = (keySha256: string): string => keySha256.slice(0, 8)

/** One line for people: a finding, a release form, a command's row. */
export const destinationInWords = ({ url, kind, keySha256 }: Destination): string =>
  `${url} (${serverTraits[kind].label}, API key ${keyInWords(keySha256)})`

/** What differs between where a command was released to and its server now, in words; undefined where nothing does. */
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
