import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { buildOf, productKeyOf } from '../origin/releases'

const target = '26.6.1'

const eitherMechanism = {
  title: `${target} by command or by declaration`,
  conditions: { passcode: 'notSet' as const },
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed' as const,
  deadlineMinutes: 180,
}

const lookAbout = { doThis: 'Open Settings > General > About', expect: `iPadOS ${target}.` }

const declared = { mechanism: 'declaration', targetVersion: target, targetBuild: buildOf(target) }

/** One protocol, so that its trials stand together: its first version sends commands, its second a declaration. */
export const byCommand: ProtocolPlan = {
  ...eitherMechanism,
  question: `Do two commands install ${target} on a device without a passcode, within three hours?`,
  slots: [
    { installAction: 'Default', productKey: productKeyOf(target) },
    { installAction: 'Default', productKey: productKeyOf(target) },
  ],
  steps: [
    { doThis: 'Release command 1 and watch Settings > General', expect: 'The update downloads.' },
    {
      doThis: 'Once it is downloaded, release command 2 and watch the screen',
      expect: 'The device restarts into the install.',
    },
    lookAbout,
  ],
}

export const byDeclaration: ProtocolPlan = {
  ...eitherMechanism,
  question: `Does a declaration install ${target} on a device without a passcode, within three hours?`,
  slots: [{ ...declared, mechanism: 'declaration', when: { kind: 'asSoonAsPossible' } }],
  steps: [
    {
      doThis: 'Release the declaration and watch Settings > General',
      expect: 'The update downloads; the install follows about an hour after the release.',
    },
    lookAbout,
  ],
}

export const overNight: ProtocolPlan = {
  title: `${target} declared for the next night`,
  question: `Does ${target}, declared for 04:00 of the next day, wait until then?`,
  slots: [
    {
      ...declared,
      mechanism: 'declaration',
      when: { kind: 'atLocalTime', daysLater: 1, clock: '04:00' },
    },
  ],
  conditions: { passcode: 'notSet' },
  steps: [
    {
      doThis: 'Release the declaration and watch Settings > General',
      expect: 'The update downloads, and nothing is installed.',
      sightings: ['downloadSeen'],
    },
    { doThis: 'Look at the screen in the morning', expect: `The device runs ${target}.` },
  ],
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed',
  deadlineMinutes: 2160,
}
