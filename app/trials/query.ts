import { sortDirections } from '@/lib/domain/device/device'
import { matching, oneOf, readAddress } from '@/lib/domain/text/address-filter'
import { trialFilterFields, trialSorts } from '@/lib/domain/trial/trial-filter'

const readers = {
  sort: oneOf(trialSorts),
  direction: oneOf(sortDirections),
  cursor: matching(/^[^\p{Cc}]{1,600}$/u, 'a place in the list, as the links to its pages have it'),
}

export type TrialPlace = ReturnType<typeof readTrialPlace>['place']

type Given = Record<string, string | string[] | undefined>

/** Where in the list, and in which order. The problems also name what is no filter of the page. */
export function readTrialPlace(given: Given) {
  const { view, problems } = readAddress(given, readers, [...trialFilterFields, 'environment'])
  return { place: view, problems }
}
