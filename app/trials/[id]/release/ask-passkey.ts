import { startAuthentication } from '@simplewebauthn/browser'
import { unstable_rethrow } from 'next/navigation'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { askForProofAction } from '../proof-action'
import type { ProofInput } from '../proof-schema'

/** Has a passkey answer for one act on one trial; or says why there is no answer. */
export async function askPasskey(trialId: string, act: SignatureAct): Promise<ProofInput | string> {
  const asked = await askForProofAction({ trialId, act }).catch((error: unknown) => {
    // Next sends people to sign-in by throwing.
    unstable_rethrow(error)
    return undefined
  })
  if (!asked) return 'No answer came from the server. Nothing was signed; press again.'
  if (asked.status === 'refused') return asked.because
  const answer = await startAuthentication({ optionsJSON: asked.options }).catch(() => undefined)
  return answer
    ? { method: 'passkey', answer }
    : 'No passkey was used: it was cancelled, or this browser has none of yours. Nothing was signed.'
}
