import type { Content, ContentColumns } from 'pdfmake/interfaces.js'
import { type PicturedPhoto, photosTitle } from '../domain/report/photos'
import { settable } from './fonts'
import { headline, inLine } from './lines'

/** The space between two photos side by side, and the height that one may take, in points. */
const [gap, maxHeight] = [12, 260]

const nameOf = ({ id }: PicturedPhoto): string => `photo ${id}`

/** The pictures that `photosContent` names. As data URLs: pdfmake is allowed to read no file but its fonts. */
export const imagesOf = (photos: readonly PicturedPhoto[]): Record<string, string> =>
  Object.fromEntries(
    photos.flatMap((photo) =>
      photo.jpeg
        ? [[nameOf(photo), `data:image/jpeg;base64,${Buffer.from(photo.jpeg).toString('base64')}`]]
        : [],
    ),
  )

/** The photos and recordings of a trial, two side by side. @param width in points */
export function photosContent(photos: readonly PicturedPhoto[], width: number): Content[] {
  if (photos.length === 0) return []
  const each = (width - gap) / 2
  // A picture and what it shows stay on one page, and the heading with the first: it has no level, because pdfmake loses what is
  // to begin a page within what is unbreakable.
  return Array.from({ length: Math.ceil(photos.length / 2) }, (_, row) => ({
    stack: [
      ...(row === 0 ? [headline(photosTitle)] : []),
      rowOf(photos.slice(2 * row, 2 * row + 2), each),
    ],
    unbreakable: true,
  }))
}

const rowOf = (pair: readonly PicturedPhoto[], width: number): ContentColumns => ({
  columns: pair.map((photo) => ({ width, stack: photoContent(photo, width) })),
  columnGap: gap,
  margin: [0, 2, 0, 8],
})

function photoContent(photo: PicturedPhoto, width: number): Content[] {
  const { heading, caption, without, jpeg } = photo
  const picture = jpeg
    ? { image: nameOf(photo), fit: [width, maxHeight] satisfies [number, number] }
    : inLine(without ?? 'The picture is missing from the data folder.', width)
  return [
    picture,
    { text: settable(heading, 'bold'), bold: true, margin: [0, 3, 0, 0] },
    ...caption.map((line) => inLine(line, width)),
  ]
}
