import 'server-only'
import { db } from '../db/pool'
import { type DoorRefusal, keepRefusal } from './keep-refusal'

/** The same on the app's own pool, for the door. */
export const recordRefusal = (refusal: DoorRefusal): Promise<void> => keepRefusal(db, refusal)
