'use client'

import { opened } from '@/components/forms/opened'

// What opens at a press where a trial is released and its commands are followed.

export const SignModal = opened(() => import('./sign-modal').then((file) => file.SignModal))
export const WaiveModal = opened(() => import('./waive-modal').then((file) => file.WaiveModal))
export const AbandonModal = opened(() =>
  import('./abandon-modal').then((file) => file.AbandonModal),
)
export const WithdrawDeclarationModal = opened(() =>
  import('./withdraw-declaration-modal').then((file) => file.WithdrawDeclarationModal),
)
