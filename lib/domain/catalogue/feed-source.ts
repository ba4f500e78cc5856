/**
 * Where the daily job reads, none of it until a lead switches it on. Apple's schema text asks for at most one
 * request a day (https://developer.apple.com/documentation/devicemanagement/get-the-list-of-available-software-updates).
 */
export const feedSources = {
  pmv: { label: 'Apple PMV', url: 'https://gdmf.apple.com/v2/pmv' },
  sofa: { label: 'SOFA v2, iOS', url: 'https://sofafeed.macadmins.io/v2/ios_data_feed.json' },
  ipsw: {
    label: 'ipsw.me, each model of this lab',
    url: 'https://api.ipsw.me/v4/device/{model}?type=ipsw',
  },
  appledb: { label: 'AppleDB, iOS and the others', url: 'https://api.appledb.dev/ios/main.json' },
} as const

export type FeedSource = keyof typeof feedSources

// Object.keys answers string[]; the table above has every source once.
export const fetchedSources = Object.keys(feedSources) as [FeedSource, ...FeedSource[]]

/** `stored` a new copy, `unchanged` the copy there is, `refused` a file that is not read, `failed` no whole answer. */
export const fetchResults = ['stored', 'unchanged', 'refused', 'failed'] as const
export type FetchResult = (typeof fetchResults)[number]

/** The address of a source; `model` stands in that of ipsw.me. */
export const addressOf = (source: FeedSource, model: string): string =>
  feedSources[source].url.replace('{model}', encodeURIComponent(model))

/** Bytes of an uploaded file; a form with it fits into the body limit of its page (lib/web/body-limits.ts). */
export const maxFeedBytes = 5_000_000
