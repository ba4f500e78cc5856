import { splitVersion } from '../device/os-version'

/**
 * A version as a history of releases writes it: "26.3.1 (a)" is taken apart, and what is no dotted version, such as
 * "26.3 beta (a)" or "6.0 GM", stays as it is. Such a one is never ordered.
 */
export const splitLoosely = (text: string): { version: string; extra?: string } =>
  splitVersion(text.trim()) ?? { version: text.trim() }
