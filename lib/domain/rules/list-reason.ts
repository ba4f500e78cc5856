import type { Finding } from './rule'

/**
 * Why a device does not qualify, as a list shows it: one sentence of what is the case. A rule's title says
 * what is asked for and reads as the opposite beside a "no".
 */
export function listReason({ brief, because }: Pick<Finding, 'brief' | 'because'>): string {
  const words = brief ?? because
  return words.charAt(0).toUpperCase() + words.slice(1)
}
