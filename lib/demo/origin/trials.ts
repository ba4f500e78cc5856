import type { Outcome } from '@/lib/domain/outcome/outcome'
import type { PredictableOutcome } from '@/lib/domain/outcome/prediction'
import type { SingleProtocol } from './protocols'
import type { Release } from './releases'

/** What the person at the device does in it. */
export type Course =
  /** No passcode: nobody touches the device. */
  | 'unattended'
  /** The passcode is entered when the prompt shows. */
  | 'accepted'
  /** The prompt is left alone until the deadline. */
  | 'notAccepted'
  /** "Tonight" is chosen, and one more command is released. */
  | 'tonight'
  /** One command, and the screen is watched until the deadline. */
  | 'watched'

export type ReviewEnd = 'locked' | 'approved' | 'answeredQuery' | 'openQuery' | 'none'

export type StoryTrial = {
  labTag: string
  /** Whole days before the lab is filled. */
  daysAgo: number
  target: Release
  protocol: 'newest' | SingleProtocol
  expectation: string
  /** What was predicted of it; left out where the words fit no outcome alone. */
  prediction?: readonly PredictableOutcome[]
  course: Course
  /** What the record proposes at its end: where it proposes another, the filling of the lab fails. */
  outcome: Outcome
  review: ReviewEnd
}

const unattended = 'It downloads, restarts by itself and comes back on the new version.'
const prompts = 'It downloads, asks for the passcode, and installs once that is entered.'

type Row = [StoryTrial['labTag'], number, Release, Partial<StoryTrial>?]

const rowOf = ([labTag, daysAgo, target, but]: Row): StoryTrial => ({
  labTag,
  daysAgo,
  target,
  protocol: 'newest',
  ...(labTag === 'O-1'
    ? {
        expectation: unattended,
        prediction: ['installedAsExpected'],
        course: 'unattended',
        outcome: 'installedAsExpected',
      }
    : {
        expectation: prompts,
        prediction: ['installedAfterUserAction'],
        course: 'accepted',
        outcome: 'installedAfterUserAction',
      }),
  review: 'locked',
  ...but,
})

/**
 * The trials that the story ends, in their order. What differs from version to version is the virtual lab's
 * (lib/virtual-lab/quirks.ts, from the radars of 2018): nothing here says what a device answers.
 */
export const storyTrials: readonly StoryTrial[] = (
  [
    ['O-1', 41, '11.1'],
    ['O-2', 41, '11.1', { review: 'answeredQuery' }],
    ['O-1', 37, '11.2'],
    [
      'O-3',
      36,
      '11.2',
      {
        protocol: 'installFirst',
        course: 'watched',
        expectation: 'An error at once, and nothing on the screen.',
        prediction: ['refused'],
        outcome: 'refused',
      },
    ],
    ['O-1', 31, '11.2.6'],
    [
      'O-5',
      30,
      '11.2.6',
      {
        protocol: 'lowPower',
        course: 'watched',
        expectation: 'A status that names the power, and no download.',
        prediction: [],
        outcome: 'refused',
      },
    ],
    ['O-1', 25, '11.3'],
    [
      'O-4',
      24,
      '11.3',
      {
        protocol: 'tonight',
        course: 'tonight',
        expectation: 'The third command changes nothing before the night.',
        outcome: 'startedAlthoughScheduled',
      },
    ],
    ['O-1', 19, '11.4'],
    ['O-4', 18, '11.4'],
    ['O-1', 13, '12.0', { review: 'approved' }],
    ['O-4', 13, '12.0', { outcome: 'installedDespiteError' }],
    [
      'O-7',
      12,
      '12.0',
      {
        expectation: 'The command is acknowledged, and the device prompts.',
        prediction: ['promptNotAccepted'],
        course: 'notAccepted',
        outcome: 'promptNotAccepted',
      },
    ],
    ['O-1', 5, '12.1', { review: 'openQuery' }],
    ['O-4', 4, '12.1', { review: 'none' }],
    [
      'O-6',
      3,
      '12.1',
      {
        protocol: 'downloadOnly',
        course: 'watched',
        expectation: 'The update is downloaded and the device stays on 12.0.',
        prediction: ['downloadedOnly'],
        outcome: 'downloadedOnly',
      },
    ],
  ] satisfies Row[]
).map(rowOf)
