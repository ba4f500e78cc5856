import { connect } from '@/lib/db/client'
import { findShownServerBySlug } from '@/lib/db/queries/servers/servers'
import { saveState } from '@/lib/virtual-lab/lab-state'
import { playOrigin } from './origin/play-origin'
import { holdWitness } from './origin/witness'
import { type DemoUser, virtualLabSlug } from './seed'

/** Where the processes that come after look for what the story did. */
export type StoryPlaces = {
  /** The folder of the virtual lab's state. */
  labFolder: string
  /** The folder of the worker's witness. */
  witnessFolder: string
  /** Of the virtual lab's chance from now on; the story's own is always the same. */
  seed?: string | undefined
}

/** For one statement: at its first start a lab may share the processor with the build of its pages. */
const deadlineMs = 600_000

/**
 * Adds trials to a lab that `seedDemo` has just filled: the origin story of 2018 over seven versions of iOS, the comparison
 * of both mechanisms on 26.5, and three live ones. Takes some seconds. Each trial is one transaction, so a lab where this broke off
 * has the trials before.
 * @param users the people of `seedDemo`, who run and review the trials and sign with their passwords
 */
export async function fillStory(
  databaseUrl: string,
  users: readonly DemoUser[],
  { labFolder, witnessFolder, seed }: StoryPlaces,
  now = new Date(),
): Promise<void> {
  const { db, end } = connect(databaseUrl, { max: 2, prepared: true, deadlineMs })
  try {
    const server = await findShownServerBySlug(db, virtualLabSlug)
    if (!server) throw new Error('the demo has no virtual lab')
    const witness = holdWitness()
    await playOrigin({
      db,
      serverId: server.id,
      cast: { engineer: playerOf(users, 'engineer'), lead: playerOf(users, 'lead') },
      witness,
      now,
      keep(state) {
        saveState(labFolder, { ...state, seed: seed ?? state.seed })
        witness.keepIn(witnessFolder)
      },
    })
  } finally {
    await end()
  }
}

function playerOf(users: readonly DemoUser[], role: 'engineer' | 'lead') {
  const user = users.find((one) => one.role === role)
  if (!user) throw new Error(`the demo has no ${role}`)
  const { id, name, password } = user
  return { actor: { id, name, role }, password }
}
