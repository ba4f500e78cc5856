import type { Outcome } from '@/lib/domain/outcome/outcome'

/** Readable on light and dark ground; the shape says the family, so a chart reads without colour. */
const colours: Record<Outcome, string> = {
  installedAsExpected: 'green-6',
  installedAfterUserAction: 'teal-6',
  installedDespiteError: 'lime-7',
  startedAlthoughScheduled: 'cyan-7',
  wrongVersionInstalled: 'orange-6',
  downloadedOnly: 'blue-6',
  promptNotAccepted: 'indigo-5',
  promptNeverShown: 'violet-6',
  acknowledgedNothingHappened: 'grape-6',
  refused: 'red-6',
  notNowUntilDeadline: 'yellow-7',
  noReplyDocumented: 'pink-5',
  noReplyUndocumented: 'pink-7',
  deviceUnusable: 'red-8',
  censoredAtDeadline: 'gray-6',
  lost: 'yellow-8',
  voidOperator: 'gray-6',
  voidInfrastructure: 'blue-5',
}

export const colourOf = (outcome: Outcome): string => `var(--mantine-color-${colours[outcome]})`
