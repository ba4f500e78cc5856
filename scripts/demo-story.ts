import path from 'node:path'
import type { DemoUser } from '@/lib/demo/seed'
import { virtualLabFolder } from './virtual-lab-process'

/** Adds the trials of 2018 to a new demo lab. Imported on demand, so that other starts do not load the story. */
export async function addStory(
  databaseUrl: string,
  users: readonly DemoUser[],
  { dataDir, seed }: { dataDir: string; seed?: string | undefined },
): Promise<void> {
  const { fillStory } = await import('@/lib/demo/story')
  const labFolder = virtualLabFolder(dataDir)
  await fillStory(databaseUrl, users, {
    labFolder,
    witnessFolder: path.join(dataDir, 'witness'),
    seed,
  })
}
