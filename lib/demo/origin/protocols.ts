import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { productKeyOf, type Release } from './releases'

const twoCommands = {
  title: 'The newest release in two commands',
  conditions: {},
  expectedOutcome: 'Installed',
  primaryOutcome: 'installed' as const,
  deadlineMinutes: 90,
}

/** One protocol that gets a new version with each release of Apple's, as a device is offered only the newest. */
export const newestRelease = (target: Release): ProtocolPlan => ({
  ...twoCommands,
  question: `Does the second Default install ${target}, which the first one downloaded?`,
  slots: [
    { installAction: 'Default', productKey: productKeyOf(target) },
    { installAction: 'Default', productKey: productKeyOf(target) },
  ],
  steps: [
    { doThis: 'Release command 1 and watch Settings > General', expect: 'The update downloads.' },
    {
      doThis: 'Once it is downloaded, release command 2 and watch the screen',
      expect: 'Without a passcode the device restarts into the install; with one it prompts.',
    },
    { doThis: 'Open Settings > General > About', expect: `iOS ${target}.` },
  ],
})

/** Protocols of which each was run once. */
export const singleProtocols = {
  installFirst: {
    title: 'InstallASAP with nothing downloaded',
    question: 'What does InstallASAP answer while there is nothing to install?',
    slots: [{ installAction: 'InstallASAP', productKey: productKeyOf('11.2') }],
    conditions: {},
    steps: [
      { doThis: 'Release the command and watch the screen', expect: 'An error, and no download.' },
    ],
    expectedOutcome: 'Refused by the device',
    primaryOutcome: 'refused',
    deadlineMinutes: 15,
  },
  lowPower: {
    title: 'Below 0.20 and without power',
    question: 'Which status does a device below 0.20 and without power answer?',
    slots: [{ installAction: 'Default', productKey: productKeyOf('11.2.6') }],
    conditions: { battery: { max: 0.2 }, externalPower: false },
    steps: [{ doThis: 'Release the command with the device unplugged', expect: 'No download.' }],
    expectedOutcome: 'Refused by the device',
    primaryOutcome: 'refused',
    deadlineMinutes: 15,
  },
  tonight: {
    title: 'Tonight, and then one more command',
    question: 'Does one more ScheduleOSUpdate start at once what the user had put off?',
    slots: [
      { installAction: 'Default', productKey: productKeyOf('11.3') },
      { installAction: 'InstallASAP', productKey: productKeyOf('11.3') },
      { installAction: 'InstallASAP', productKey: productKeyOf('11.3') },
    ],
    conditions: { passcode: 'set' },
    steps: [
      { doThis: 'Release command 1 and wait for the download', expect: 'Downloaded.' },
      { doThis: 'Release command 2; choose "Install Tonight" on the device', expect: 'A prompt.' },
      { doThis: 'Release command 3', expect: 'Nothing until the night.' },
    ],
    expectedOutcome: 'Installed after user action',
    primaryOutcome: 'startedAtOnce',
    deadlineMinutes: 120,
  },
  downloadOnly: {
    title: 'The download alone',
    question: 'Does DownloadOnly leave the device on its version?',
    slots: [{ installAction: 'DownloadOnly', productKey: productKeyOf('12.1') }],
    conditions: {},
    steps: [
      { doThis: 'Release the command and watch Settings > General', expect: 'A download alone.' },
    ],
    expectedOutcome: 'Downloaded only',
    primaryOutcome: 'downloaded',
    deadlineMinutes: 20,
  },
  lastOne: {
    title: 'Two people for the last iPad on 12.0',
    question: 'What does the last device of its version do?',
    slots: [{ installAction: 'DownloadOnly', productKey: productKeyOf('12.1') }],
    conditions: {},
    steps: [
      { doThis: 'Let a second person counter-sign', expect: 'The release waits until then.' },
      { doThis: 'Release the command and watch Settings > General', expect: 'A download.' },
    ],
    expectedOutcome: 'Downloaded only',
    primaryOutcome: 'downloaded',
    deadlineMinutes: 60,
    twoPersonRelease: true,
  },
  openEnd: {
    title: 'How long does the prompt wait?',
    question: 'Does the prompt of a device with a passcode go away by itself within a day?',
    slots: [
      { installAction: 'Default', productKey: productKeyOf('12.1') },
      { installAction: 'Default', productKey: productKeyOf('12.1') },
    ],
    conditions: { passcode: 'set' },
    steps: [
      {
        doThis: 'Release command 1 and wait for the download',
        expect: 'Downloaded.',
        sightings: ['downloadSeen'],
      },
      {
        doThis: 'Release command 2 and look at the screen every hour',
        expect: 'The prompt stays.',
        sightings: ['promptShown'],
      },
    ],
    expectedOutcome: 'Prompt shown, not accepted by deadline',
    primaryOutcome: 'promptWaits',
    deadlineMinutes: 1440,
  },
} satisfies Record<string, ProtocolPlan>
export type SingleProtocol = keyof typeof singleProtocols
