import {
  deviceBattery,
  fleetsmith,
  iruPrompts,
  radarNoReply,
  radarNothingAvailable,
  radarPromptDespiteError,
  scheduleTwoSteps,
} from '../rules/sources'
import { installActionCite } from './install-action'
import { declarationThenCommand, declaredTime } from './ready-declarations'
import { offHours, tonight } from './ready-night'
import {
  download,
  downloadStep,
  noThirdCommand,
  type ReadyProtocol,
  readAbout,
} from './ready-parts'

/** The protocols that ship with the program, as plain data: a lab edits and reviews them like its own. */
export const readyProtocols: readonly ReadyProtocol[] = [
  {
    key: 'baseline',
    about:
      'The documented path, to compare everything else with: one command to download, one to install.',
    cites: [scheduleTwoSteps, installActionCite],
    plan: {
      title: 'Baseline: download, then install',
      question: 'Does a second Default install what the first one downloaded?',
      hypothesis:
        'It does. Without a passcode the device restarts into the install; with one it asks first.',
      slots: [
        download,
        {
          installAction: 'Default',
          lookAt: 'The screen, until the device is back',
          expect: 'Without a passcode a restart into the install; with one a prompt.',
        },
      ],
      conditions: {},
      steps: [
        downloadStep,
        {
          doThis:
            'Release command 2 and keep watching; accept a prompt if one appears, and log both',
          lookAt: 'The screen',
          expect: 'The install screen.',
          sightings: ['progressBar', 'rebooted'],
        },
        readAbout,
      ],
      expectedOutcome: 'Installed as expected',
      primaryOutcome: 'installed',
      deadlineMinutes: 120,
      stopRule: 'Stop if the device shows recovery or does not start.',
    },
  },
  {
    key: 'install-asap',
    about:
      'InstallASAP on iOS and tvOS installs what is already downloaded; without a passcode nobody is asked.',
    cites: [installActionCite, scheduleTwoSteps, iruPrompts],
    plan: {
      title: 'InstallASAP without a passcode',
      question: 'Does InstallASAP install what is downloaded, without asking anybody?',
      hypothesis: 'The device restarts into the install unannounced.',
      slots: [
        download,
        {
          installAction: 'InstallASAP',
          lookAt: 'The screen, without touching it',
          expect: 'A restart into the install, and no prompt.',
        },
      ],
      conditions: { passcode: 'notSet' },
      exclusion: 'A device whose screen somebody else uses: it restarts without a warning.',
      steps: [
        downloadStep,
        {
          doThis: 'Release command 2 and touch nothing',
          lookAt: 'The screen',
          expect: 'The install screen, and no prompt before it.',
          sightings: ['progressBar'],
        },
        readAbout,
      ],
      expectedOutcome: 'Installed as expected',
      primaryOutcome: 'installedUnattended',
      deadlineMinutes: 90,
    },
  },
  {
    key: 'install-asap-passcode',
    about:
      'With a passcode InstallASAP waits for the user: the device asks, and installs once somebody has entered the passcode.',
    cites: [scheduleTwoSteps, iruPrompts, radarPromptDespiteError],
    plan: {
      title: 'InstallASAP with a passcode: it waits for the user',
      question:
        'Does the device ask for the passcode, wait for it, and install once it is entered?',
      hypothesis:
        'It waits for the user. An Error in its answer does not mean that no prompt is shown.',
      slots: [
        download,
        {
          installAction: 'InstallASAP',
          lookAt: 'The Home Screen, unlocked',
          expect: 'A prompt that waits. Nothing is installed before the passcode is entered.',
        },
      ],
      conditions: { passcode: 'set' },
      inclusion: 'Somebody at the bench knows the passcode.',
      steps: [
        downloadStep,
        {
          doThis:
            'Unlock the device, release command 2 and wait ten minutes without touching the prompt',
          lookAt: 'The Home Screen',
          expect: 'The prompt stays, and the device runs its version.',
          sightings: ['promptShown'],
        },
        {
          doThis: 'Accept the prompt and enter the passcode',
          lookAt: 'The screen',
          expect: 'The passcode is asked for, then the install screen appears.',
          sightings: ['passcodeAsked', 'userAccepted', 'progressBar'],
        },
        readAbout,
      ],
      expectedOutcome: 'Installed after user action',
      primaryOutcome: 'installedByUser',
      deadlineMinutes: 120,
      stopRule: noThirdCommand,
    },
  },
  {
    key: 'low-battery',
    about:
      'No source of Apple gives a minimum of the battery: 0.20 is a choice of the lab, which you may change.',
    cites: [deviceBattery, fleetsmith],
    plan: {
      title: 'Low battery: below 0.20 and without power',
      question:
        'What does a device below 0.20 and without power answer, and does it download anything?',
      hypothesis: 'It refuses, or says that the power is insufficient, and keeps its version.',
      slots: [
        {
          installAction: 'Default',
          lookAt: 'Settings > General > Software Update',
          expect: 'DownloadInsufficientPower or an error, and no download.',
        },
      ],
      conditions: { battery: { max: 0.2 }, externalPower: false, freshReadings: ['batteryLevel'] },
      steps: [
        {
          doThis: 'Unplug the device, enter its external power, and release the command',
          lookAt: 'The battery on the screen',
          expect: 'Below 0.20, and no charging sign.',
        },
        {
          doThis: 'Watch for fifteen minutes without plugging it in',
          lookAt: 'Settings > General > Software Update',
          expect: 'No download.',
          sightings: ['nothing'],
        },
        {
          doThis: 'Read version and build, then query the device',
          lookAt: 'Settings > General > About',
          expect: 'The version it started with.',
        },
      ],
      expectedOutcome: 'Refused by the device',
      primaryOutcome: 'unchanged',
      deadlineMinutes: 60,
      stopRule: 'Plug it in below 0.05: a device that is switched off shows nothing.',
    },
  },
  tonight,
  {
    key: 'no-update',
    about:
      'Rule Q6 lets no command go to a device that is offered nothing, and nothing here loosens it. Such a trial can be written and drafted; what AvailableOSUpdates answers is read by “Query device”.',
    cites: [radarNothingAvailable, radarNoReply],
    plan: {
      title: 'No update available',
      question: 'What does a device answer to a command for the version that it already runs?',
      hypothesis: 'An error, such as 2213 or 12048, or, as on 11.3.1, no reply at all.',
      slots: [
        {
          installAction: 'Default',
          lookAt: 'Settings > General > Software Update',
          expect: 'The software is up to date; nothing downloads.',
        },
      ],
      conditions: { freshReadings: ['availableUpdates'] },
      inclusion: 'The device runs the newest version that it can have.',
      steps: [
        {
          doThis: 'Query the device and note how it says that there is no update',
          lookAt: 'The answer to AvailableOSUpdates',
          expect: 'An empty list by the documents; error 2213 since 11.3.',
        },
        {
          doThis: 'Release the command and wait for an answer',
          lookAt: 'The timeline and the screen',
          expect: 'An error or no reply, and nothing on the screen.',
          sightings: ['nothing'],
        },
      ],
      expectedOutcome: 'Refused by the device',
      primaryOutcome: 'refused',
      deadlineMinutes: 60,
      stopRule: 'Send nothing again while no answer has come: no reply is a result.',
    },
  },
  offHours,
  declaredTime,
  declarationThenCommand,
]

export const findReadyProtocol = (key: string | undefined): ReadyProtocol | undefined =>
  readyProtocols.find((one) => one.key === key)
