export const roles = ['viewer', 'engineer', 'lead', 'admin'] as const
export type Role = (typeof roles)[number]

/** Who acts. `system` is the program itself, whose timers only continue what a person began. */
export type Actor = { id: string; name: string; role: Role | 'system' }

export const systemActor: Actor = { id: 'system', name: 'Oneway', role: 'system' }

export const permissions = [
  'look',
  'ownAccount',
  'editDevice',
  'typeReading',
  'askDevice',
  'importDevices',
  'handOverDevice',
  'takeOverDevice',
  'retireDevice',
  'defineFields',
  'editProtocol',
  'reviewProtocol',
  'draftTrial',
  'bookTrial',
  'manageBookings',
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
  'openOutcome',
  'secondRead',
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
  'writeRadar',
  'editClaim',
  'decideClaim',
  'shareView',
  'manageViews',
  'acknowledgeLoss',
  'clearAlarm',
  'export',
  'changeSettings',
  'changeKnownIssues',
  'importCatalogue',
  'readTrail',
  'freezeReport',
  'shareReport',
  'revokeShare',
  'importLabReport',
  'manageServers',
  'managePeople',
  'manageNotices',
  'decideNotice',
  'controlVirtualLab',
  'carryOn',
] as const
export type Permission = (typeof permissions)[number]

const viewer: readonly Permission[] = ['look', 'openOutcome', 'export', 'ownAccount']
const engineer: readonly Permission[] = [
  ...viewer,
  'editDevice',
  'typeReading',
  'askDevice',
  'importDevices',
  'handOverDevice',
  'editProtocol',
  'draftTrial',
  'bookTrial',
  'registerTrial',
  'armTrial',
  'releaseTrial',
  'cancelRelease',
  'counterSign',
  'observe',
  'concludeTrial',
  'secondRead',
  'reviewTrial',
  'answerQuery',
  'withdrawTrial',
  'noteError',
  'writeRadar',
  'editClaim',
  'shareView',
  'controlVirtualLab',
]
const lead: readonly Permission[] = [
  ...engineer,
  'reviewProtocol',
  'takeOverDevice',
  'retireDevice',
  'defineFields',
  'counterSignLast',
  'waiveRule',
  'overruleOutcome',
  'approveTrial',
  'lockTrial',
  'unlockTrial',
  'voidTrial',
  'withdrawCommand',
  'holdDevice',
  'manageBookings',
  'rereadEvents',
  'decideClaim',
  'acknowledgeLoss',
  'clearAlarm',
  'changeSettings',
  'changeKnownIssues',
  'manageViews',
  'importCatalogue',
  'decideNotice',
  'readTrail',
  'freezeReport',
  'shareReport',
  'revokeShare',
  'importLabReport',
]

/**
 * The one table of who may do what: the authorization guard, the pages and the services ask it. Admins manage
 * people and servers, not evidence; the settings are limits by which a device is judged, so a lead changes them.
 */
const allowed: Record<Actor['role'], readonly Permission[]> = {
  viewer,
  engineer,
  lead,
  admin: [
    ...viewer,
    'readTrail',
    'defineFields',
    'revokeShare',
    'manageServers',
    'managePeople',
    'manageNotices',
    'decideNotice',
    'controlVirtualLab',
  ],
  system: ['look', 'askDevice', 'carryOn', 'rereadEvents'],
}

export const mayDo = (actor: Actor, permission: Permission): boolean =>
  allowed[actor.role].includes(permission)

/** Why a control is disabled, in words; undefined if the actor has the permission. */
export function refusalFor(actor: Actor, permission: Permission): string | undefined {
  if (mayDo(actor, permission)) return undefined
  const able = roles.filter((role) => allowed[role].includes(permission))
  return `This needs the role ${able.join(' or ')}; you are signed in as ${actor.role}.`
}
