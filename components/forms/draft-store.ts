const prefix = 'oneway.draft/'

/** The tab's own store; undefined where the browser allows none. It ends with the tab, unlike localStorage. */
function store(): Storage | undefined {
  try {
    return globalThis.sessionStorage
  } catch {
    return undefined // Blocked by the browser's settings: then nothing is kept.
  }
}

/** What was kept under a key; undefined where nothing was, or nothing that can be read. */
export function readDraft(key: string): unknown {
  try {
    const kept = store()?.getItem(prefix + key)
    return kept == null ? undefined : JSON.parse(kept)
  } catch {
    return undefined
  }
}

/** Keeps a value in this tab; undefined drops it. A full store keeps nothing and breaks nothing. */
export function keepDraft(key: string, value: unknown): void {
  try {
    if (value === undefined) store()?.removeItem(prefix + key)
    else store()?.setItem(prefix + key, JSON.stringify(value))
  } catch {
    // Out of room: the form goes on without a draft.
  }
}

/** Drops every draft of this tab, whoever typed it. */
export function dropDrafts(): void {
  const kept = store()
  if (!kept) return
  for (const key of Object.keys(kept)) if (key.startsWith(prefix)) kept.removeItem(key)
}
