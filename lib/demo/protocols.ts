import type { ProtocolPlan } from '@/lib/domain/trial/protocol'

// Apple documents two commands on iOS: the first Default downloads, the second installs.
// https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml
const ios121 = { productKey: 'iOSUpdate16B92' }

/** The protocols of the demo lab; each is a question somebody really asked of these versions. */
export const demoProtocols: ProtocolPlan[] = [
  {
    title: 'Download, then install 12.1',
    question: 'Does the second Default install what the first one downloaded, without a prompt?',
    slots: [
      { installAction: 'Default', ...ios121 },
      { installAction: 'Default', ...ios121 },
    ],
    conditions: {},
    steps: [
      {
        doThis: 'Release command 1 and watch Settings > General',
        expect: 'The update downloads.',
        sightings: ['downloadSeen'],
      },
      {
        doThis: 'When it is downloaded, release command 2 and watch the screen',
        expect: 'Without a passcode the device restarts into the install; with one it prompts.',
      },
      {
        doThis: 'Open Settings > General > About afterwards',
        expect: 'iOS 12.1 (16B92).',
        sightings: ['newOsSeen'],
      },
    ],
    expectedOutcome: 'Installed as expected',
    primaryOutcome: 'installed',
    deadlineMinutes: 120,
  },
  {
    title: 'Download only 12.1',
    question: 'Does DownloadOnly leave the device on its version?',
    slots: [{ installAction: 'DownloadOnly', ...ios121 }],
    conditions: {},
    steps: [
      {
        doThis: 'Release the command and watch Settings > General',
        expect: 'A download, no install.',
        sightings: ['downloadSeen'],
      },
    ],
    expectedOutcome: 'Downloaded only',
    primaryOutcome: 'downloaded',
    deadlineMinutes: 60,
  },
  {
    title: 'A second command after "tonight"',
    question:
      'Does one more ScheduleOSUpdate start the install at once after the user chose tonight (radar 45414727)?',
    slots: [
      { installAction: 'Default', ...ios121 },
      { installAction: 'InstallASAP', ...ios121 },
      { installAction: 'Default', ...ios121 },
    ],
    conditions: { passcode: 'set' },
    steps: [
      {
        doThis: 'Release command 1 and wait for the download',
        expect: 'Downloaded.',
        sightings: ['downloadSeen'],
      },
      {
        doThis: 'Release command 2; choose "Install Tonight" on the device',
        expect: 'A prompt.',
        sightings: ['promptShown', 'choseTonight'],
      },
      {
        doThis: 'Release command 3',
        expect: 'Nothing until tonight, by what the user chose.',
        sightings: ['nothing'],
      },
    ],
    expectedOutcome: 'Installed after user action',
    primaryOutcome: 'startedAtOnce',
    deadlineMinutes: 180,
  },
  {
    title: 'The last of its version: two people release',
    question: 'What does a device do that the lab cannot get back, with two people looking?',
    slots: [{ installAction: 'DownloadOnly', ...ios121 }],
    conditions: {},
    steps: [
      {
        doThis: 'Let a second person look at the findings and counter-sign',
        expect: 'The release waits until then.',
      },
      { doThis: 'Release the command and watch Settings > General', expect: 'A download.' },
    ],
    expectedOutcome: 'Downloaded only',
    primaryOutcome: 'downloaded',
    deadlineMinutes: 60,
    twoPersonRelease: true,
  },
  {
    title: 'Low battery: what is answered below 0.20',
    question: 'Which status does a device below 0.20 and without power answer?',
    slots: [{ installAction: 'Default', ...ios121 }],
    conditions: { battery: { max: 0.2 }, externalPower: false },
    steps: [
      {
        doThis: 'Release the command with the device unplugged',
        expect: 'DownloadInsufficientPower, or a download that waits for power.',
      },
    ],
    expectedOutcome: 'Refused by the device',
    primaryOutcome: 'refused',
    deadlineMinutes: 60,
  },
]
