import { create } from 'qrcode'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { QrCode } from './qr-code'

test('the drawing has exactly the dark modules of the code, inside its quiet zone', () => {
  const text = 'https://lab.example/devices/1b4e28ba-2fa1-41d2-883f-0016d3cca427/bench'
  const drawn = renderToStaticMarkup(<QrCode text={text} label="QR code" className="code" />)
  const dark = [...drawn.matchAll(/M(\d+) (\d+)h(\d+)v1/g)].flatMap(([, x, y, length]) =>
    Array.from({ length: Number(length) }, (_, at) => `${Number(x) + at - 4} ${Number(y) - 4}`),
  )
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  const wanted = [...data].flatMap((bit, at) =>
    bit ? `${at % size} ${Math.floor(at / size)}` : [],
  )
  expect(dark.toSorted()).toEqual(wanted.toSorted())
  expect(drawn).toContain(`viewBox="0 0 ${size + 8} ${size + 8}"`)
})
