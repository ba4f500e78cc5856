/**
 * Why a lead must look at a device before anything more is released on it: it answered an update command
 * that this program never wrote, or the database no longer knows what was sent to it.
 */
export const alarmKinds = ['foreignUpdate', 'databaseWentBack'] as const
export type AlarmKind = (typeof alarmKinds)[number]

export const alarmTitles: Record<AlarmKind, string> = {
  foreignUpdate: 'An update command from elsewhere',
  databaseWentBack: 'The database went back in time',
}
