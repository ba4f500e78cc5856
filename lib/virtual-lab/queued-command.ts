/** A command as it was enqueued; `raw` is its plist. */
export type EnqueuedCommand = { commandUuid: string; requestType: string; raw: string }

/** One command in one device's queue. */
export type QueuedCommand = EnqueuedCommand & { notNow: boolean }
