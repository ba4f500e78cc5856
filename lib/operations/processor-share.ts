import { readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** Of the web server and the worker. The scheduler gives a process with this value a third of the share of one with 0. */
const niceness = 5
const retryMs = 1_000

/**
 * Lets the listener and the database come first where all of them need the processor: an event that is not stored is
 * lost, while a page or the reading of an event can wait.
 */
export function yieldProcessor(): void {
  // One that was started with a higher value may not lower it.
  if (getPriority() < niceness) setPriority(niceness)
  if (process.platform === 'linux') yieldOfGroup(10)
}

/**
 * Linux shares a processor out among sessions before it does so among processes, and each process of the lab has a session
 * of its own: without the value of its group, the one of the process would compare it with nothing
 * (https://man7.org/linux/man-pages/man7/sched.7.html, "The autogroup feature"). The kernel takes one such change every
 * 100 ms from all processes together, so a refused one is made again.
 */
function yieldOfGroup(attempts: number): void {
  const file = '/proc/self/autogroup'
  try {
    // Without a group there is no text, and nothing to do.
    if (readFileSync(file, 'utf8') !== '') writeFileSync(file, String(niceness))
  } catch {
    if (attempts > 1) setTimeout(() => yieldOfGroup(attempts - 1), retryMs).unref()
  }
}
