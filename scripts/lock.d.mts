// Types of lock.mjs, which must stay plain JavaScript.
type Owner = { pid: number; stopping?: boolean; [about: string]: unknown }

export type Lock = { tookOver: boolean; markStopping(): void; release(): void }

export function acquire(
  folder: string,
  about: Record<string, unknown>,
  options?: { waitMs?: number },
): Promise<Lock | { heldBy: Owner }>
