export const roles = ['viewer', 'engineer', 'lead', 'admin'] as const
export type Role = (typeof roles)[number]

/** Who does something. `system` is the program's own timers, which may only carry on what a person began. */
export type Actor = { id: string; name: string; role: Role | 'system' }

export const systemActor: Actor = { id: 'system', name: 'Oneway', role: 'system' }

export const deeds = [
  'look',
  'ownAccount',
  'editDevice',
  'typeReading',
  'askDevice',
  'importDevices',
  'retireDevice',
  'editProtocol',
  'draftTrial',
  'registerTrial',
  'armTrial',
  'releaseTrial',
  'cancelRelease',
  'counterSign',
  'counterSignLast',
  'waiveRule',
  'observe',
  'concludeTrial',
  'overruleOutcome',
  'reviewTrial',
  'answerQuery',
  'approveTrial',
  'lockTrial',
  'unlockTrial',
  'withdrawTrial',
  'voidTrial',
  'withdrawCommand',
  'holdDevice',
  'rereadEvents',
  'noteError',
  'acknowledgeLoss',
  'clearAlarm',
  'export',
  'changeSettings',
  'readTrail',
  'manageServers',
  'managePeople',
  'controlVirtualLab',
  'carryOn',
] as const
export type Deed = (typeof deeds)[number]

const looking: readonly Deed[] = ['look', 'export', 'ownAccount']
const bench: readonly Deed[] = [
  ...looking,
  'editDevice',
  'typeReading',
  'askDevice',
  'importDevices',
  'editProtocol',
  'draftTrial',
  'registerTrial',
  'armTrial',
  'releaseTrial',
  'cancelRelease',
  'counterSign',
  'observe',
  'concludeTrial',
  'reviewTrial',
  'answerQuery',
  'withdrawTrial',
  'noteError',
  'controlVirtualLab',
]
const steering: readonly Deed[] = [
  ...bench,
  'retireDevice',
  'counterSignLast',
  'waiveRule',
  'overruleOutcome',
  'approveTrial',
  'lockTrial',
  'unlockTrial',
  'voidTrial',
  'withdrawCommand',
  'holdDevice',
  'rereadEvents',
  'acknowledgeLoss',
  'clearAlarm',
  'changeSettings',
  'readTrail',
]

/**
 * The one table of who may do what; the door, the pages and the services ask the same. Admins manage
 * people and servers, not evidence: the settings are limits a start is judged by, and so are a lead's.
 */
const allowed: Record<Actor['role'], readonly Deed[]> = {
  viewer: looking,
  engineer: bench,
  lead: steering,
  admin: [...looking, 'readTrail', 'manageServers', 'managePeople', 'controlVirtualLab'],
  system: ['look', 'askDevice', 'carryOn', 'rereadEvents'],
}

export const mayDo = (actor: Actor, deed: Deed): boolean => allowed[actor.role].includes(deed)

/** Why a control is disabled, in words; undefined when the deed is allowed. */
export function refusalFor(actor: Actor, deed: Deed): string | undefined {
  if (mayDo(actor, deed)) return undefined
  const able = roles.filter((role) => allowed[role].includes(deed))
  return `This needs the role ${able.join(' or ')}; you are signed in as ${actor.role}.`
}
