import { AsyncLocalStorage } from 'node:async_hooks'

// On globalThis, as Next's build holds a second copy of this file, and a page is rendered inside the web server's request.
const shared: typeof globalThis & { onewayRequestIds?: AsyncLocalStorage<string> } = globalThis

function requestIds(): AsyncLocalStorage<string> {
  shared.onewayRequestIds ??= new AsyncLocalStorage()
  return shared.onewayRequestIds
}

/** Runs a request; everything that it logs, now or later, has its id. */
export function withRequestId<T>(id: string, run: () => T): T {
  return requestIds().run(id, run)
}

/** The id of the request that is being answered; undefined outside of one. */
export const currentRequestId = (): string | undefined => requestIds().getStore()
