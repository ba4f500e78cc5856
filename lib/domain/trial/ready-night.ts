import { iruPrompts, radarSecondCommand } from '../rules/sources'
import { installActionCite } from './install-action'
import {
  download,
  downloadStep,
  noThirdCommand,
  type ReadyProtocol,
  readAbout,
} from './ready-parts'

/** One more command after the user chose the night. */
export const tonight: ReadyProtocol = {
  key: 'tonight',
  about:
    'A further command is the treatment that is tested here. Nowhere else may one be sent to “check”.',
  cites: [radarSecondCommand, installActionCite],
  plan: {
    title: '“Tonight”, and one more command',
    question:
      'Does one more ScheduleOSUpdate start at once what the user had put off until the night?',
    hypothesis:
      'It does, as radar 45414727 describes. OSUpdateStatus says Installing although the install is only scheduled.',
    slots: [
      download,
      {
        installAction: 'InstallASAP',
        lookAt: 'The Home Screen, unlocked',
        expect: 'A prompt that offers to install tonight.',
      },
      {
        installAction: 'InstallASAP',
        lookAt: 'The screen, without touching it',
        expect: 'By the documents nothing until the night; by the radar the install at once.',
      },
    ],
    conditions: { passcode: 'set' },
    inclusion: 'Somebody at the bench knows the passcode.',
    steps: [
      downloadStep,
      {
        doThis:
          'Unlock the device, release command 2, choose to install tonight and enter the passcode',
        lookAt: 'The Home Screen',
        expect: 'The device confirms that it installs in the night.',
        sightings: ['promptShown', 'choseTonight'],
      },
      {
        doThis: 'Query the device, and then release command 3',
        lookAt: 'The status it reports, and the screen',
        expect: 'Installing before the command, and the install screen within minutes after it.',
        sightings: ['progressBar'],
      },
      readAbout,
    ],
    expectedOutcome: 'Started although scheduled for later',
    primaryOutcome: 'startedAtOnce',
    deadlineMinutes: 180,
  },
}

/** The night itself. */
export const offHours: ReadyProtocol = {
  key: 'off-hours',
  about:
    'The device chooses the hour of an install that was put off. The window of 1 to 3 in the morning is what people report; no text of Apple names it, so the hour is what this protocol records.',
  cites: [iruPrompts, radarSecondCommand],
  plan: {
    title: 'Off-hours: the device’s own install window',
    question:
      'When does a device install what its user put off until the night, and does it fall between 1 and 3 in the morning?',
    hypothesis:
      'It installs between 1 and 3 by its own clock, plugged in and on Wi-Fi, once the passcode was entered in the evening.',
    slots: [
      download,
      {
        installAction: 'InstallASAP',
        lookAt: 'The Home Screen, unlocked, in the evening',
        expect: 'A prompt that offers to install tonight.',
      },
    ],
    conditions: {
      ...{ externalPower: true, passcode: 'set', network: 'wifi' },
      freshReadings: ['externalPower', 'network'],
    },
    inclusion:
      'The clock and time zone of the device are right. It stays plugged in and on Wi-Fi all night.',
    exclusion: 'A device that is part of the trial “tonight, and one more command”.',
    steps: [
      downloadStep,
      {
        doThis:
          'In the evening release command 2, choose to install tonight and enter the passcode',
        lookAt: 'The Home Screen',
        expect: 'The device confirms that it installs in the night.',
        sightings: ['promptShown', 'choseTonight'],
      },
      {
        doThis: 'Leave it alone, filmed or watched, from before 1 until after 3',
        lookAt: 'The screen, and the clock of the device',
        expect: 'The install screen between 1 and 3.',
        sightings: ['screenDark', 'progressBar'],
      },
      { ...readAbout, doThis: 'In the morning read version and build, then query the device' },
    ],
    expectedOutcome: 'Installed after user action',
    primaryOutcome: 'installedByUser',
    deadlineMinutes: 1_440,
    stopRule: noThirdCommand,
  },
}
