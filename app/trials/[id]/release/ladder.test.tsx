import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Trial } from '@/lib/db/queries/trials/trials'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import { Ladder, type TakenBack } from './ladder'

const at = new Date('2026-03-02T09:00:00Z')

/** The ladder reads of a trial what stands here and its reason. */
const ladder = (
  trial: Partial<Trial>,
  mechanism: Mechanism = 'command',
  takenBack?: TakenBack,
): string =>
  renderToStaticMarkup(
    <MantineProvider>
      <Ladder
        trial={{ closedReason: null, ...trial } as Trial}
        review={undefined}
        holdSeconds={120}
        mechanism={mechanism}
        takenBack={takenBack}
        lookOnly={undefined}
      />
    </MantineProvider>,
  )

/** How many of the steps are ticked. */
const ticks = (trial: Partial<Trial>): number => ladder(trial).split('icon-circle-check').length - 1

test.each([
  [false, 'Closed without an outcome. Nothing was sent.'],
  [true, 'Closed without an outcome. What had been sent stays sent.'],
])('a withdrawn trial says whether anything was sent: %s', (consumed, words) => {
  expect(ladder({ state: 'withdrawn', registeredAt: at, consumed })).toContain(words)
})

test.each([
  ['command', 'the command may have left', false],
  ['declaration', 'the declaration may be attached to the device', true],
  ['both', 'what was released may have reached the device', true],
] as const)(
  'a trial by %s says what has left, and whether it can be withdrawn',
  (mechanism, words, may) => {
    const said = ladder({ state: 'observing', consumed: true }, mechanism)
    expect(said).toContain(words)
    expect(said.includes('A lead can withdraw')).toBe(may)
  },
)

test.each([
  ['being', 'The declaration is being withdrawn'],
  [
    'detached',
    'The declaration is withdrawn at its server. The device was not seen without it yet',
  ],
  ['seenGone', 'The declaration is withdrawn, and the device was seen without it'],
] as const)('a declaration that is taken back is not offered to be withdrawn: %s', (far, words) => {
  const trial = { state: 'observing', consumed: true } as const
  const said = ladder(trial, 'declaration', { far, several: false })
  expect(said).toContain(words)
  expect(said).not.toContain('can withdraw')
  const both = ladder(trial, 'both', { far, several: true })
  expect(both).toContain(words.replace('The declaration', 'Each declaration that has left'))
  expect(both).toContain('A command cannot be taken back')
})

test.each([
  ['lost', at, null, null, false, 2],
  ['withdrawn', null, null, null, false, 1],
  ['withdrawn', at, at, at, false, 4],
  ['void', at, at, at, true, 5],
] as const)(
  'a trial that ended as %s shows the steps it had reached, and no more',
  (state, registeredAt, armedAt, releasedAt, consumed, count) => {
    expect(ticks({ state, registeredAt, armedAt, releasedAt, consumed })).toBe(count)
  },
)

test('a trial under way has ticks up to the step it stands on', () => {
  const reached = { registeredAt: at, armedAt: at, releasedAt: at, consumed: true }
  expect(ticks({ state: 'observing', ...reached })).toBe(4)
})
