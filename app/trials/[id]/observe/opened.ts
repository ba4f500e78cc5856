'use client'

import { opened } from '@/components/forms/opened'

// What opens at a press on the bench and in its timeline; app/trials/offline/offline-bench.tsx brings all of it with it.

export const Entry = opened(() => import('./entry').then((file) => file.Entry))
export const TickForm = opened(() => import('./tick-form').then((file) => file.TickForm))
export const Correction = opened(() => import('./correction').then((file) => file.Correction))
