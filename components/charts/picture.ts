/** What a drawing takes from the style sheets of the page, which a file does not have. */
const drawn = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity'],
  ...['opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline'],
  ...['display', 'visibility'],
]

const namespace = 'http://www.w3.org/2000/svg'
/** CSS pixels above the drawing for the name of the chart, and around all of it. */
const [headHeight, margin] = [28, 8]

type Picture = { svg: string; width: number; height: number }

/**
 * A drawing of the page as a file of its own: with its name, the colours it has now, and the mark of a simulated one,
 * as a copied picture must still say that it is no evidence.
 */
export function pictureOf(
  source: SVGSVGElement,
  { label, simulated }: { label: string; simulated: boolean },
): Picture {
  const box = source.viewBox.baseVal
  const [inner, tall] = [
    box?.width || source.clientWidth || 600,
    box?.height || source.clientHeight || 300,
  ]
  const [width, height] = [inner + 2 * margin, tall + headHeight + 2 * margin]
  const copy = withStyles(source)
  copy.setAttribute('x', String(margin))
  copy.setAttribute('y', String(margin + headHeight))
  copy.setAttribute('width', String(inner))
  copy.setAttribute('height', String(tall))
  const file = create('svg', { width, height, viewBox: `0 0 ${width} ${height}` })
  const page = getComputedStyle(document.body)
  const text = { fill: page.color, 'font-family': page.fontFamily }
  file.append(
    create('rect', { width, height, fill: page.backgroundColor }),
    create('text', { ...text, x: margin, y: 22, 'font-size': 14, 'font-weight': 600 }, label),
    copy,
  )
  if (simulated)
    file.append(
      create(
        'text',
        {
          ...{ ...text, x: width / 2, y: height / 2, 'text-anchor': 'middle' },
          ...{ 'font-size': Math.min(72, width / 9), 'font-weight': 800, opacity: 0.15 },
        },
        'SIMULATED',
      ),
    )
  return { svg: new XMLSerializer().serializeToString(file), width, height }
}

function create(name: string, attributes: Record<string, string | number>, text?: string) {
  const element = document.createElementNS(namespace, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  if (text !== undefined) element.textContent = text
  return element
}

/** A deep copy that looks the same without the style sheets; links and other addresses of this lab stay out of it. */
function withStyles(source: SVGSVGElement): SVGSVGElement {
  // A clone of an SVG element is one.
  const copy = source.cloneNode(true) as SVGSVGElement
  const originals = [source, ...source.querySelectorAll('*')]
  const copies = [copy, ...copy.querySelectorAll('*')]
  for (const [index, original] of originals.entries()) {
    const one = copies[index]
    const style = getComputedStyle(original)
    one?.removeAttribute('style')
    one?.removeAttribute('class')
    one?.removeAttribute('href')
    one?.removeAttribute('tabindex')
    for (const name of drawn) {
      const value = style.getPropertyValue(name)
      if (value) one?.setAttribute(name, value)
    }
  }
  return copy
}
