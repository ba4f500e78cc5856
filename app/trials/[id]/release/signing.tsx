import type { ReactNode } from 'react'
import { authorize } from '@/lib/auth/guard'
import { passkeyHost } from '@/lib/auth/origins'
import { listPasskeys } from '@/lib/db/queries/people/second-factors'
import { env } from '@/lib/env'
import classes from '../trial.module.css'
import { ProofWaysProvider } from './proof-ways'

type Props = { trialId: string; children: ReactNode }

/** Around the page of a trial: tells its dialogs how this person can sign. */
export async function Signing({ trialId, children }: Props) {
  const { actor, db, signedIn } = await authorize('look')
  const ways = {
    trialId,
    hasPassword: signedIn.hasPassword,
    passkeys: (await listPasskeys(db, actor.id)).length,
    place: passkeyHost(env().ONEWAY_BASE_URL),
  }
  return (
    <ProofWaysProvider ways={ways}>
      <div className={classes.page}>{children}</div>
    </ProofWaysProvider>
  )
}
