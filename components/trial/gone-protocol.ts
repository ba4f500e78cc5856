import type { TrialFacets } from '@/lib/db/queries/trials/trial-filter'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'

/** A protocol that no trial has: the address is old, or of the other environment. */
export const goneProtocol = ({ protocol }: TrialFilter, { protocols }: TrialFacets) =>
  protocol === undefined || protocols.some(({ value }) => value === protocol)
    ? []
    : [
        {
          field: 'gone protocol',
          title: 'Nothing can match',
          reason: 'No trial of this environment has the protocol that the address names',
          accepted: 'a protocol of the list, or the other environment',
        },
      ]
