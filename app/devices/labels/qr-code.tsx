import { create } from 'qrcode'

/** Modules of quiet zone around the code, as ISO/IEC 18004 asks for. */
const quiet = 4

/** A text as a QR code: one path, black on white whatever the colours of the page. */
export function QrCode({
  text,
  label,
  className,
}: {
  text: string
  label: string
  className: string | undefined
}) {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  const dark = (row: number, column: number) => column < size && data[row * size + column] === 1
  const runs: string[] = []
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      if (!dark(row, column)) continue
      const start = column
      while (dark(row, column + 1)) column++
      const length = column - start + 1
      runs.push(`M${start + quiet} ${row + quiet}h${length}v1h-${length}z`)
    }
  const side = size + 2 * quiet
  return (
    <svg
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      className={className}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={runs.join('')} fill="#000" />
    </svg>
  )
}
