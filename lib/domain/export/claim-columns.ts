import { mechanismWords, slotMechanisms } from '../trial/mechanism'
import { codesOf, column, type ExportColumn, environment, trialId } from './column'

const never = { missing: 'Never empty.' }
const notDecided = { missing: 'Empty: no lead has decided about it.' }

/** What each concluded trial says about the claims of its protocol. */
export const claimColumns: readonly ExportColumn[] = [
  column('claim', 'text', 'The number of the claim.', never),
  column('claim_version', 'integer', 'The version of it that the protocol names.', never),
  column('statement', 'text', 'What is claimed.', never),
  column('source', 'text', 'Where it is claimed.', never),
  column('versions', 'text', 'The OS versions that it is about.', never),
  trialId,
  column('start_os', 'text', 'The OS the trial started from, without a supplement.', never),
  column(
    'in_range',
    'boolean',
    'Whether the claim is about that version; if not, the trial is not counted.',
    never,
  ),
  column('about_mechanism', 'code', 'What the updates are by that the claim is about.', {
    missing: 'Empty: it is about either.',
    codes: codesOf(slotMechanisms, (one) => mechanismWords[one]),
  }),
  column(
    'by_its_mechanism',
    'boolean',
    'Whether the trial was by that mechanism alone; if not, it is not counted.',
    never,
  ),
  column(
    'retreated',
    'boolean',
    'Whether an earlier trial from the same version had used the device; if so, the trial is not counted.',
    never,
  ),
  column('compared_by', 'code', 'reply: the replies decide; screen: a lead decides.', never),
  column('finding', 'code', 'supports, contradicts or notObserved.', notDecided),
  column('reason', 'text', 'Why, in the words of the lead.', {
    missing: 'Empty: no lead has decided, or the replies decide.',
  }),
  column('decided_by', 'text', 'The lead.', {
    missing: 'Empty: no lead has decided, or the replies decide.',
  }),
  environment,
]
