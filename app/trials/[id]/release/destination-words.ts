import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { declarationsOf, destinationInWords } from '@/lib/mdm/destination'

/** The destination as it is now. The release is signed for it and lapses if it has changed by the time of sending. */
export function destinationWords({ server }: TrialView, declaration: boolean): string {
  if (!server) return 'no MDM server'
  const { name, url, kind, apiKeySha256: keySha256 } = server
  const { declarationsUrl, declarationsKeySha256 } = server
  const beside =
    declarationsUrl === null
      ? undefined
      : { url: declarationsUrl, keySha256: declarationsKeySha256 }
  const declarations = declaration ? declarationsOf({ url, kind, keySha256 }, beside) : undefined
  if (declaration && !declarations) return `${name}, which has no server of declarations`
  return `${name}, ${destinationInWords({ url, kind, keySha256, ...(declarations && { declarations }) })}`
}
