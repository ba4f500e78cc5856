/** Where the daily job can read. */
export const fetchedSources = ['pmv', 'sofa', 'ipsw', 'appledb'] as const

/** `stored` a new copy, `unchanged` the copy there is, `refused` a file that is not read, `failed` no whole answer. */
export const fetchResults = ['stored', 'unchanged', 'refused', 'failed'] as const
