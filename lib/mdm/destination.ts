import { type ServerKind, serverTraits } from './server-kinds'

/** Where a command is sent. It is signed at the release, stored with the command, and compared before sending. */
export type Destination = {
  url: string
  kind: ServerKind
  /** SHA-256 in hex over the server's ID and its API key: distinguishes keys without revealing them. */
  keySha256: string
  /** Of a declaration: where its declarations go, which may be a program and a key of their own. */
  declarations?: { url: string; keySha256: string }
}

/** A key's hash, short enough to read aloud. */
const keyInWords = (keySha256: string): string => keySha256.slice(0, 8)

/** The destination on one line, for a finding, a release form or a command's row. */
export const destinationInWords = ({ url, kind, keySha256, declarations }: Destination): string => {
  const server = `${url} (${serverTraits[kind].label}, API key ${keyInWords(keySha256)})`
  if (declarations === undefined) return server
  return `${declarations.url} (declarations, API key ${keyInWords(declarations.keySha256)}) beside ${server}`
}

type Released = {
  url: string | null
  kind: string | null
  keySha256: string | null
  /** Null for a command, which has none. */
  declarations?: { url: string; keySha256: string } | null
}

/** How the server has changed since a command was released to it, in words; undefined if it has not. */
export function destinationChange(released: Released, now: Destination): string | undefined {
  if (!released.url) return 'it was released before its destination was recorded'
  const { declarations } = released
  const changes = [
    declarations &&
      declarations.url !== now.declarations?.url &&
      `it was released for declarations at ${declarations.url}, they now go to ${now.declarations?.url ?? 'nowhere'}`,
    declarations &&
      now.declarations &&
      declarations.keySha256 !== now.declarations.keySha256 &&
      `it was released with the key ${keyInWords(declarations.keySha256)} of the server of declarations, which is now ${keyInWords(now.declarations.keySha256)}`,
    released.url !== now.url && `it was released for ${released.url}, the server is now ${now.url}`,
    released.kind !== now.kind &&
      `it was released for a server of the kind ${released.kind}, which is now ${now.kind}`,
    released.keySha256 !== now.keySha256 &&
      `it was released with the API key ${keyInWords(released.keySha256 || 'unknown')}, the server's is now ${keyInWords(now.keySha256)}`,
  ].filter((change) => typeof change === 'string')
  return changes.length === 0 ? undefined : changes.join('; ')
}

/** Where the declarations of a release go: to the server beside the MDM server, or to that itself; undefined if to none. */
export const declarationsOf = (
  { url, kind, keySha256 }: Destination,
  beside: Destination['declarations'],
): Destination['declarations'] =>
  beside ?? (serverTraits[kind].declarations === 'builtIn' ? { url, keySha256 } : undefined)
