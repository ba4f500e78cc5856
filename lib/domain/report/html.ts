import { shownText } from '../text/typed-text'
import { type Block, type Line, type Piece, piecesOf, type ReportDocument, textOf } from './blocks'

/**
 * A report as an HTML file of its own: no script, nothing loaded, and it prints on A4. The policy in its head keeps it so
 * wherever it is opened.
 */
export const reportHtml = (document: ReportDocument): string =>
  htmlPage({
    title: `${document.title}${document.mark ? ' (SIMULATED)' : ''}`,
    body: documentHtml(document),
  })

type Page = { title: string; body: string; nonce?: string | undefined; head?: string }

const htmlPage = ({ title, body, nonce, head = '' }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>${escaped(title)}</title>
<style${nonce ? ` nonce="${nonce}"` : ''}>${style}</style>
</head>
<body>
${body}
</body>
</html>
`

function documentHtml({ title, subtitle, mark, standing, sections, foot }: ReportDocument): string {
  const marked = mark ? `<p class="mark">${text(mark)}</p>\n` : ''
  const body = sections.map(
    (section) =>
      `<section>\n<h2>${text(section.title)}</h2>\n${section.blocks.map(blockHtml).join('\n')}\n</section>`,
  )
  return `${marked}<h1>${text(title)}</h1>
<p class="muted">${text(subtitle)}</p>
<p class="standing">${text(standing)}</p>
${body.join('\n')}
<footer>${text(foot)}</footer>`
}

/** What stands around the reports of a share link. */
export type SharedPage = {
  /** Such as F-3. */
  name: string
  mark: string | null
  /** Sentences above the reports. */
  notes: readonly string[]
  documents: readonly ReportDocument[]
}

const forStrangers =
  '<meta name="robots" content="noindex, nofollow">\n<meta name="referrer" content="no-referrer">\n'

/** The reports of a share link, one below the other. It leads nowhere but within itself. */
export function sharedHtml({ name, mark, notes, documents }: SharedPage, nonce: string): string {
  const marked = mark ? `<p class="mark">${text(mark)}</p>\n` : ''
  const contents = documents.map(
    ({ title, subtitle }, at) =>
      `<li><a href="#report-${at + 1}">${text(title)}</a> ${text(subtitle)}</li>`,
  )
  const list =
    documents.length > 1 ? `<nav aria-label="Reports"><ol>${contents.join('')}</ol></nav>\n` : ''
  const reports = documents.map(
    (document, at) => `<article id="report-${at + 1}">\n${documentHtml(document)}\n</article>`,
  )
  const said = notes.map((note) => `<p class="muted">${text(note)}</p>`).join('\n')
  return htmlPage({
    title: `Shared report ${name}${mark ? ' (SIMULATED)' : ''}`,
    head: forStrangers,
    nonce,
    body: `${marked}<p class="standing">Shared report ${text(name)}</p>\n${said}\n${list}${reports.join('\n')}`,
  })
}

/** A page of a few sentences, for links that lead to nothing. */
export const plainHtml = (title: string, sentences: readonly string[], nonce: string): string =>
  htmlPage({
    title,
    head: forStrangers,
    nonce,
    body: `<h1>${text(title)}</h1>\n${sentences.map((one) => `<p>${text(one)}</p>`).join('\n')}`,
  })

const style = `
body { font: 14px/1.4 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; margin: .2rem 0 } h2 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; break-after: avoid }
.mark { padding: .3rem; border: 2px solid #d9480f; background: #ffe8cc; color: #7f2d00; font-weight: 700; text-align: center }
.muted, dt, footer { color: #555 } .standing { font-weight: 700 } p { margin: .2rem 0 }
dl { margin: 0 } dl > div { display: grid; grid-template-columns: 14rem 1fr; gap: .6rem; border-bottom: 1px solid #ccc; padding: .15rem 0 }
dd { margin: 0 } dd, td, li { white-space: pre-wrap }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: .3rem 0 .6rem }
th, td { text-align: start; vertical-align: top; border-bottom: 1px solid #ccc; padding: .2rem .3rem } tr { break-inside: avoid }
footer { font-size: .75rem; margin-top: 1.5rem } nav a { display: inline-block; min-height: 1.5rem }
article + article { break-before: page; border-top: 3px solid #555; margin-top: 2rem }
@media screen and (max-width: 40rem) {
  dl > div { grid-template-columns: 1fr; gap: 0 } table, tbody, tr, td { display: block } thead { display: none }
  tr { border-bottom: 1px solid #ccc; padding: .3rem 0 } td { border: 0; padding: .1rem 0 }
  td::before { content: attr(data-label); color: #555; font-size: .85em }
}
@media print { body { font-size: 10px; max-width: none; margin: 0 } }
`

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (given: string): string =>
  shownText(given).replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

/** Isolated, so that right-to-left letters cannot reorder what stands around them. */
const text = (given: string): string => `<bdi>${escaped(given)}</bdi>`

function blockHtml(block: Block): string {
  if (block.kind === 'text') {
    const muted = block.muted ? ' class="muted"' : ''
    return `<p${muted}>${lineHtml(block.line)}</p>`
  }
  if (block.kind === 'list')
    return `<ul>${block.items.map((line) => `<li>${lineHtml(line)}</li>`).join('')}</ul>`
  if (block.kind === 'facts') {
    const rows = block.rows.map(
      ({ label, line }) => `<div><dt>${text(label)}</dt><dd>${lineHtml(line)}</dd></div>`,
    )
    return `<dl>\n${rows.join('\n')}\n</dl>`
  }
  return tableHtml(block)
}

function tableHtml({ columns, rows }: Extract<Block, { kind: 'table' }>): string {
  const widths = columns.map(({ share }) => `<col style="width:${share}%">`).join('')
  const head = columns.map(({ title }) => `<th scope="col">${text(title)}</th>`).join('')
  const body = rows.map(
    (cells) =>
      `<tr>${cells.map((lines, at) => `<td data-label="${escaped(columns[at]?.title ?? '')}">${cellHtml(lines)}</td>`).join('')}</tr>`,
  )
  return `<table><colgroup>${widths}</colgroup><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`
}

const cellHtml = (lines: readonly Line[]): string =>
  lines.map((line) => `<div>${lineHtml(line)}</div>`).join('')

const lineHtml = (line: Line): string => piecesOf(line).map(pieceHtml).join('')

function pieceHtml(piece: Piece): string {
  const written = text(textOf(piece))
  if (typeof piece === 'string') return written
  if (piece.href && /^https?:\/\//.test(piece.href))
    return `<a href="${escaped(piece.href)}" rel="noreferrer">${written}</a>`
  if (piece.code) return `<code>${written}</code>`
  return piece.strong ? `<b>${written}</b>` : written
}
