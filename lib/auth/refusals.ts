import 'server-only'
import { db } from '../db/pool'
import { type GuardRefusal, keepRefusal } from './keep-refusal'

/** The same on the app's own pool. */
export const recordRefusal = (refusal: GuardRefusal): Promise<void> => keepRefusal(db, refusal)
