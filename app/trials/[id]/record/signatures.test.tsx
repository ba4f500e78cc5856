import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import type { CheckedSignature } from '@/lib/core/kernel/sign'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { CheckedSignatures } from './signatures'

// The card of today asks who looks, which takes the server of the app; what is shown here needs none.
vi.mock('@/lib/auth/guard', () => ({ authorize: () => undefined }))

const at = new Date('2026-03-02T09:00:00Z')

/** What the card says, without its markup. The card reads of a signature what stands here. */
function card(reset: CheckedSignature['reset']): string {
  const signature = {
    ...{ id: 1, act: 'approve', meaning: 'approval', byId: 'l1', byName: 'Lee', byRole: 'lead' },
    ...{ at, method: 'password', reason: '', slotOrdinal: null, differences: [], reset },
    ...{ record: '{}', recordSha256: 'ab' },
  } as unknown as CheckedSignature
  const html = renderToStaticMarkup(
    <MantineProvider>
      <CheckedSignatures
        signatures={[signature]}
        trial={{ state: 'concluded' } as Trial}
        slots={[]}
      />
    </MantineProvider>,
  )
  return html.replaceAll(/<style.*?<\/style>/gs, '').replaceAll(/<[^>]*>/g, '')
}

test('a signature soon after a reset says so, with whose link it was and when it was used', () => {
  const reset = { at: new Date('2026-03-02T08:00:00Z'), byName: 'Ada', removedSecondFactors: false }
  expect(card(reset)).toContain('within 24 h after a reset')
  expect(card(reset)).toMatch(/reset the signer’s password at most 24 hours before.* Ada, used /)
  expect(card({ ...reset, removedSecondFactors: true })).toContain('password and second factors')
})

test('any other says nothing of resets', () => {
  expect(card(undefined)).toContain('Lee')
  expect(card(undefined)).not.toContain('reset')
})
