/** A declaration that the device has fetched; `json` is its text. */
export type HeldDeclaration = {
  kind: 'activation' | 'asset' | 'configuration' | 'management'
  identifier: string
  serverToken: string
  json: string
  /** When it arrived: virtual ms, and the date in ms since 1970. */
  arrivedAt: number
  arrivedMs: number
}

/** Identifies a declaration in one version. */
export const keyOf = ({ identifier, serverToken }: HeldDeclaration) =>
  `${identifier} ${serverToken}`

/** What a device has of declarative management. Plain JSON. */
export type DeclarativeState = {
  /** The token of the items that it has; undefined before the first. */
  token?: string | undefined
  held: HeldDeclaration[]
  /** It was told of a change and has not fetched everything yet. */
  owesSync: boolean
  /** What it has reported, by item, as JSON. */
  reported: Record<string, string>
  /** When it last reported everything, virtual ms. */
  fullReportAt?: number | undefined
  /** The declarations whose update it has installed. */
  fulfilled: string[]
  /** When it was last switched on, virtual ms; undefined before the first restart. */
  startedAt?: number | undefined
  /** The last failure; `ms` is a date. */
  failure?: { count: number; reason: string; ms: number } | undefined
  /** How the pursued update stands while nothing is downloaded or tried. */
  standing?: 'waiting' | 'failed' | undefined
  /** When it tries to download again, virtual ms. */
  retryAt?: number | undefined
}

export const freshDeclarative: DeclarativeState = {
  held: [],
  owesSync: true,
  reported: {},
  fulfilled: [],
}
