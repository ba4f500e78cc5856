import {
  deployByDeclaration,
  enforcement,
  enforcementPhases,
  enforcementTime,
  iruPrompts,
  scheduleDeclarations,
} from '../rules/sources'
import { type ReadyProtocol, readAbout } from './ready-parts'

const settings = 'Settings > General > Software Update'

/** One declaration by itself: what a lab of today compares ScheduleOSUpdate with. */
export const declaredTime: ReadyProtocol = {
  key: 'declared-time',
  about:
    'A declaration (iOS 17, tvOS 18.4 and later, also 27) installs at a local time at the latest; until then the device downloads and reminds. With a passcode it needs somebody who enters it.',
  cites: [enforcement, enforcementTime, enforcementPhases, iruPrompts],
  plan: {
    title: 'Declaration: enforced at a local time',
    question: 'Does the device install the declared version at the declared time, and not before?',
    hypothesis:
      'It downloads within hours, reminds, and restarts into the install within minutes of the time.',
    slots: [
      {
        mechanism: 'declaration',
        targetVersion: '',
        when: { kind: 'atLocalTime', daysLater: 1, clock: '10:00' },
        lookAt: settings,
        expect: 'The update with the declared time, and nothing installed before it.',
      },
    ],
    conditions: { passcode: 'notSet' },
    exclusion: 'A device that is moved to another time zone before the declared time.',
    steps: [
      {
        doThis: 'Release the declaration, leave the device on power and on Wi-Fi',
        lookAt: settings,
        expect: 'The update is shown with the time by which it is installed.',
        sightings: ['downloadSeen'],
      },
      {
        doThis: 'Watch from ten minutes before the declared time, without touching the screen',
        lookAt: 'The screen',
        expect: 'A countdown, then a restart into the install.',
        sightings: ['promptShown', 'progressBar'],
      },
      readAbout,
    ],
    expectedOutcome: 'Installed as expected',
    primaryOutcome: 'installed',
    deadlineMinutes: 3 * 24 * 60,
    stopRule:
      'Withdraw the declaration if the device must be used by somebody else before the time.',
  },
}

/** Both mechanisms on one device: the documented precedence, which few have looked at. */
export const declarationThenCommand: ReadyProtocol = {
  key: 'declaration-then-command',
  about:
    'Apple says that a device with an active declaration ignores ScheduleOSUpdate and answers with an error. Both go to one device; OS 27 has no such command any more.',
  cites: [scheduleDeclarations, enforcement, deployByDeclaration],
  plan: {
    title: 'Declaration together with ScheduleOSUpdate',
    question: 'Does a device ignore ScheduleOSUpdate while a declaration of ours is active?',
    hypothesis: 'It answers with an error and installs nothing before the declared time.',
    slots: [
      {
        mechanism: 'declaration',
        targetVersion: '',
        when: { kind: 'atLocalTime', daysLater: 2, clock: '10:00' },
        lookAt: settings,
        expect: 'The update with the declared time.',
      },
      {
        installAction: 'InstallASAP',
        lookAt: 'The screen, and the answer under Delivery',
        expect: 'An error; the screen stays as it is.',
      },
    ],
    conditions: { passcode: 'notSet' },
    exclusion: 'A device with a declaration of another program, or on 27.',
    steps: [
      {
        doThis: 'Release the declaration and wait until the device has reported it as active',
        lookAt: 'The timeline of the trial, then the device',
        expect: 'The report names the declaration of this trial and no other.',
      },
      {
        doThis: 'Release the command and keep watching for an hour',
        lookAt: 'The screen',
        expect: 'Nothing happens.',
        sightings: ['nothing'],
      },
      {
        doThis: 'Read version and build before the deadline, then query the device',
        lookAt: 'Settings > General > About',
        expect: 'The version and build that it started with.',
      },
    ],
    expectedOutcome: 'Refused, or acknowledged and nothing happened',
    primaryOutcome: 'unchanged',
    // Before the declared time, wherever in a day the release falls.
    deadlineMinutes: 24 * 60,
    stopRule: 'Stop if the install begins before the declared time.',
  },
}
