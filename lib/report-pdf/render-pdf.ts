import pdfmake from 'pdfmake'
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import {
  type Block,
  type Line,
  piecesOf,
  type ReportDocument,
  type Section,
  textOf,
  textsOf,
  timelineTitle,
} from '../domain/report/blocks'
import { type PicturedPhoto, textsOfPhoto } from '../domain/report/photos'
import { fontFiles, settable } from './fonts'
import { headline, inLine, size } from './lines'
import { imagesOf, photosContent } from './photos'

const fonts = {
  Sans: { normal: fontFiles.normal, bold: fontFiles.bold },
  Code: { normal: fontFiles.code, bold: fontFiles.code },
}
pdfmake.setFonts(fonts)
// Nothing but the fonts is ever read.
pdfmake.setUrlAccessPolicy(() => false)
pdfmake.setLocalAccessPolicy((path) => Object.values(fontFiles).some((file) => file === path))

/** A4 in points, and what is left of it between the margins. */
const [margin, pageWidth] = [40, 595]
const textWidth = pageWidth - 2 * margin
const grey = '#555555'

/**
 * Writes a report as a PDF on A4, with the photos below its timeline. The same report always gives the same bytes: its date is
 * the report's own, and it is not tagged, as pdfmake would write an empty structure.
 */
export async function renderPdf(
  document: ReportDocument,
  photos: readonly PicturedPhoto[] = [],
): Promise<Uint8Array> {
  const created = pdfmake.createPdf(definitionOf(document, photos))
  return created.getBuffer()
}

function definitionOf(
  document: ReportDocument,
  photos: readonly PicturedPhoto[],
): TDocumentDefinitions {
  const { title, subtitle, mark, standing, sections, foot, at } = document
  return {
    pageSize: 'A4',
    pageMargins: [margin, mark ? 52 : margin, margin, 44],
    tagged: false,
    language: 'en',
    displayTitle: true,
    info: {
      title: settable(title, 'normal'),
      creator: 'Oneway',
      producer: 'Oneway',
      creationDate: new Date(at),
    },
    defaultStyle: { font: 'Sans', fontSize: size.body, lineHeight: 1.15 },
    ...(mark && { header: () => band(mark) }),
    footer: (page, pages) => footer(foot, page, pages),
    // No heading at the foot of a page, away from what it is about.
    pageBreakBefore: ({ headlineLevel, startPosition }) =>
      headlineLevel === 1 && startPosition.verticalRatio > 0.86,
    content: [
      { text: settable(title, 'bold'), fontSize: size.title, bold: true },
      { ...inLine(subtitle, textWidth), color: grey, margin: [0, 2, 0, 6] },
      {
        ...inLine({ text: standing, strong: true }, textWidth),
        fontSize: 10,
        margin: [0, 0, 0, 6],
      },
      ...(hasSubstitutes(document, photos)
        ? [{ text: substitutes, color: grey, fontSize: 7 }]
        : []),
      ...sections.flatMap((section) => [
        ...sectionContent(section),
        ...(section.title === timelineTitle ? photosContent(photos, textWidth) : []),
      ]),
    ],
    images: imagesOf(photos),
  }
}

const substitutes =
  'Characters that this file cannot set stand as their code points, such as ⟨U+65E5⟩; the page and the JSON of this report have them as typed.'

const hasSubstitutes = (document: ReportDocument, photos: readonly PicturedPhoto[]): boolean =>
  [...textsOf(document), ...photos.flatMap(textsOfPhoto)].some((text) =>
    settable(text, 'normal').includes('⟨U+'),
  )

/** Across the head of every page. */
const band = (mark: string): Content => ({
  margin: [margin, 16, margin, 0],
  table: {
    widths: ['*'],
    body: [
      [
        {
          text: settable(mark, 'bold'),
          bold: true,
          fontSize: 10,
          alignment: 'center',
          fillColor: '#ffe8cc',
          color: '#7f2d00',
          margin: [0, 3, 0, 3],
        },
      ],
    ],
  },
  layout: {
    hLineColor: () => '#d9480f',
    vLineColor: () => '#d9480f',
    hLineWidth: () => 1.5,
    vLineWidth: () => 1.5,
  },
})

const footer = (foot: string, page: number, pages: number): Content => ({
  margin: [margin, 10, margin, 0],
  columns: [
    { ...inLine(foot, textWidth - 60), width: '*' },
    { text: `${page} of ${pages}`, alignment: 'right', width: 60 },
  ],
  fontSize: 6.5,
  color: grey,
})

const sectionContent = ({ title, blocks }: Section): Content[] => [
  { ...headline(title), headlineLevel: 1 },
  ...blocks.map(blockContent),
]

function blockContent(block: Block): Content {
  switch (block.kind) {
    case 'text':
      return {
        ...inLine(block.line, textWidth),
        margin: [0, 1, 0, 3],
        ...(block.muted && { color: grey }),
      }
    case 'list':
      return { ul: block.items.map((line) => inLine(line, textWidth - 12)), margin: [0, 0, 0, 3] }
    case 'facts':
      return tableContent(
        [28, 72],
        block.rows.map(({ label, line }) => [[label], [line]]),
      )
    case 'table':
      return tableContent(
        block.columns.map(({ share }) => share),
        block.rows,
        block.columns.map(({ title }) => title),
      )
  }
}

type Rows = readonly (readonly (readonly Line[])[])[]

/** @param shares the share of the width that each column takes, in percent */
function tableContent(shares: readonly number[], rows: Rows, titles?: readonly string[]): Content {
  const padding = 3
  const widths = shares.map((share) => (textWidth * share) / 100 - 2 * padding)
  const head = titles?.map((title) => ({ text: settable(title, 'bold'), bold: true }))
  const body = rows.map((cells) => cells.map((lines, at) => cellOf(lines, widths[at] ?? textWidth)))
  return {
    margin: [0, 1, 0, 5],
    table: {
      widths,
      headerRows: head ? 1 : 0,
      ...(head && { keepWithHeaderRows: 1 }),
      body: head ? [head, ...body] : body,
      dontBreakRows: rows.every(isShort),
    },
    layout: {
      hLineWidth: (line, { table }) => (line === 0 || line === table.body.length ? 0 : 0.4),
      vLineWidth: () => 0,
      hLineColor: () => '#bbbbbb',
      paddingLeft: () => padding,
      paddingRight: () => padding,
      paddingTop: () => 1.5,
      paddingBottom: () => 1.5,
    },
  }
}

/** Where all rows are short none is broken; a long one may be, as it could be longer than a page. */
const isShort = (cells: readonly (readonly Line[])[]): boolean =>
  cells.every(
    (lines) => lines.flatMap(piecesOf).reduce((all, piece) => all + textOf(piece).length, 0) < 400,
  )

const cellOf = (lines: readonly Line[], width: number): TableCell =>
  lines.length === 0 ? '' : { stack: lines.map((line) => inLine(line, width)) }
