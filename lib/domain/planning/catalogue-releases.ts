import type { Catalogue } from '../catalogue/sourced'
import type { Platform } from '../device/device'
import type { Release } from './release-gaps'

/** The platforms of a family of the catalogue, where an iPad counts as iOS. */
const platformsOf: Record<string, readonly Platform[]> = {
  iOS: ['iOS', 'iPadOS'],
  tvOS: ['tvOS'],
}

/**
 * The releases of the catalogue that a plan can rest on. A beta is offered to few, and a supplement such as "(a)" is no
 * target of an update command; a date that is no day is left out, its release stays.
 */
export const releasesOf = ({ releases }: Pick<Catalogue, 'releases'>): Release[] =>
  releases
    .filter(({ extra, marks }) => extra === undefined && marks.length === 0)
    .flatMap(({ family, version, released }) => {
      const isDay = released?.precision === 'day' || released?.precision === 'time'
      const releasedOn = isDay ? released.text.slice(0, 10) : undefined
      return (platformsOf[family] ?? []).map((platform) => ({ platform, version, releasedOn }))
    })
