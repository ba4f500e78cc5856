import { type AttachmentType, attachmentInfo } from '../attachment/attachment'
import { exactTime } from '../text/instant'
import { type Line, piecesOf, textOf } from './blocks'

/** The heading of the photos, below the timeline. */
export const photosTitle = 'Photos and recordings'

/** A photo or recording of a trial as a report shows it. */
export type ReportPhoto = {
  id: number
  /** Of the file itself; a report shows a smaller picture of it. */
  sha256: string
  heading: string
  /** Lines below the picture. */
  caption: readonly Line[]
  /** Why it has no picture; undefined where it has one. */
  without: string | undefined
}

/** What a file of a report is given beside the words: the smaller picture, a JPEG. */
export type PicturedPhoto = ReportPhoto & { jpeg: Uint8Array | undefined }

type Attached = {
  id: number
  observationId: number | null
  fileName: string
  type: AttachmentType
  sha256: string
  byName: string
  withdrawn: { byName: string; reason: string } | undefined
}
type Previewed = { state: string; reason: string | null; takenText: string | null }
/** @property observedAt ISO 8601 */
type Seen = { id: number; label: string; observedAt: string }

/** The photos and recordings of a trial, each with what it shows, in the order in which they came. */
export const reportPhotos = (
  attachments: readonly Attached[],
  previews: ReadonlyMap<string, Previewed>,
  observations: readonly Seen[],
): ReportPhoto[] =>
  attachments.map((one) =>
    reportPhoto(
      one,
      previews.get(one.sha256),
      observations.find(({ id }) => id === one.observationId),
    ),
  )

function reportPhoto(
  { id, sha256, fileName, type, byName, withdrawn }: Attached,
  preview: Previewed | undefined,
  seen: Seen | undefined,
): ReportPhoto {
  const taken = preview?.takenText ? `, taken ${preview.takenText} by the camera’s clock` : ''
  const kind = attachmentInfo(type).kind === 'photo' ? 'A photo' : 'A recording'
  return {
    id,
    sha256,
    heading: seen
      ? `${seen.label}, seen ${exactTime(new Date(seen.observedAt))}`
      : 'Of the trial as a whole',
    caption: [
      [fileName, `, attachment ${id}, by `, byName, taken],
      ...(withdrawn ? [['Withdrawn by ', withdrawn.byName, ': ', withdrawn.reason]] : []),
    ],
    without:
      preview?.state === 'made'
        ? undefined
        : `${kind} without a picture here: ${preview?.reason ?? 'none has been made yet'}.`,
  }
}

/** Every text of a photo. */
export const textsOfPhoto = ({ heading, caption, without }: ReportPhoto): string[] => [
  heading,
  ...caption.flatMap(piecesOf).map(textOf),
  ...(without === undefined ? [] : [without]),
]
