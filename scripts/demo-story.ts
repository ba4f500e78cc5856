import path from 'node:path'
import type { DemoUser } from '@/lib/demo/seed'
import { virtualLabFolder } from './virtual-lab-process'

/**
 * Adds the demo’s trials to a lab that has just been filled. A scenario has the virtual lab to itself, so beside one
 * they are left out. Nobody else's start loads what they are played with.
 */
export async function addStory(
  databaseUrl: string,
  users: readonly DemoUser[],
  { dataDir, seed, say }: { dataDir: string; seed?: string | undefined; say(line: string): void },
): Promise<void> {
  if (process.env.VIRTUAL_LAB_SCENARIO) return say('Filled the empty lab with people and devices')
  say('Filling the empty lab with the demo: people, devices and trials …')
  const { fillStory } = await import('@/lib/demo/story')
  const labFolder = virtualLabFolder(dataDir)
  await fillStory(databaseUrl, users, {
    labFolder,
    witnessFolder: process.env.ONEWAY_WITNESS || path.join(dataDir, 'witness'),
    seed,
  })
}
