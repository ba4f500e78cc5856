'use client'

import { useState } from 'react'
import { CodeForm } from './code-form'
import { PasswordForm } from './password-form'
import type { Step } from './sign-in'

type Props = {
  /** Where the person wanted to go, a path of this site. */
  back: string
  /** The address this lab is set to; any other is refused by sign-in. */
  ownAddress: string
  /** The address under which passkeys work; they belong to its host name. */
  passkeyAddress: string
}

/** The password, and after it the second factor where the person has one. */
export function SignInForm({ back, ownAddress, passkeyAddress }: Props) {
  const [asked, setAsked] = useState<'password' | 'secondFactor'>('password')
  /** Answers why not, or undefined where it goes on. */
  const follow = (step: Step): string | undefined => {
    if (step.to === 'again') return step.because
    if (step.to === 'secondFactor') setAsked('secondFactor')
    else window.location.assign(back)
    return undefined
  }
  const given = { ownAddress, passkeyAddress, follow }
  return asked === 'password' ? (
    <PasswordForm {...given} />
  ) : (
    <CodeForm {...given} onBack={() => setAsked('password')} />
  )
}
