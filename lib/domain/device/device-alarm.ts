/**
 * Why a lead must look at a device before anything more is released on it: it answered an update command
 * that this program never wrote, its server delivers a command again after the answer, the database no longer
 * knows what was sent to it, or it told another identity.
 */
export const alarmKinds = ['foreignUpdate', 'redelivered', 'databaseWentBack', 'identity'] as const
export type AlarmKind = (typeof alarmKinds)[number]

export const alarmTitles: Record<AlarmKind, string> = {
  foreignUpdate: 'Update command from another source',
  redelivered: 'Delivered again by the MDM server',
  databaseWentBack: 'The database was reset to an earlier state',
  identity: 'The device reports another identity',
}
