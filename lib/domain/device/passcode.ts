export const passcodeStates = ['set', 'notSet', 'notApplicable', 'unknown'] as const
export type PasscodeState = (typeof passcodeStates)[number]

export const passcodeWords: Record<PasscodeState, string> = {
  set: 'Passcode set',
  notSet: 'No passcode',
  notApplicable: 'Passcode not applicable',
  unknown: 'Passcode unknown',
}
