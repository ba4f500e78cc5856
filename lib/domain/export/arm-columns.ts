import { column, type ExportColumn } from './column'

const noArms = 'the protocol has no arms.'
const noPlace = `NA: chosen, or ${noArms}`

/** How a trial came to be in its arm, in the row of the trial. */
export const armColumns: readonly ExportColumn[] = [
  column('arm', 'text', 'The arm it was assigned to, whatever was done then.', {
    missing: `Empty: ${noArms}`,
  }),
  column('arm_levels', 'text', 'What the arm asks for: factor=level, separated by "; ".', {
    missing: `Empty: ${noArms}`,
  }),
  column(
    'arm_assigned',
    'code',
    'How it got its arm. Only arms that were drawn make groups comparable.',
    {
      missing: `NA: ${noArms}`,
      codes: { random: 'drawn from a list', choice: 'chosen by a person, with a reason' },
    },
  ),
  column('arm_reason', 'text', 'Why the arm was chosen.', {
    missing: `Empty: drawn, or ${noArms}`,
  }),
  column('arm_stratum', 'text', 'What the device was at the draw, as JSON.', {
    missing: `Empty: chosen, or ${noArms}`,
  }),
  column('arm_block', 'integer', 'The block of the list, counted from 1.', { missing: noPlace }),
  column('arm_position', 'integer', 'The position in the list of its stratum, counted from 1.', {
    missing: noPlace,
  }),
  column(
    'arm_seed_sha256',
    'code',
    'SHA-256 of the seed of the list, in hex. docs/protocols.md says how the list follows from the seed.',
    { missing: noPlace },
  ),
]
