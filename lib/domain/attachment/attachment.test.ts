import { expect, test } from 'vitest'
import { bytesInWords, downloadName, typeOfContent } from './attachment'

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((sign) => sign.charCodeAt(0)) : part,
    ),
  )
const box = (...names: string[]) =>
  bytes(
    [0, 0, 0, 8 + 4 * (names.length + 1)],
    'ftyp',
    names[0] ?? '',
    [0, 0, 0, 0],
    names.slice(1).join(''),
  )
const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

test.each([
  ['a JPEG', bytes([0xff, 0xd8, 0xff, 0xe1]), 'image/jpeg'],
  ['a PNG', bytes(png, [0, 0, 0, 13], 'IHDR'), 'image/png'],
  ['a HEIC', box('heic', 'mif1', 'heic'), 'image/heic'],
  ['a HEIC that names HEIF first', box('mif1', 'mif1', 'heic'), 'image/heic'],
  ['a HEIF of another coding', box('mif1', 'miaf'), 'image/heif'],
  ['a QuickTime recording', box('qt  ', 'qt  '), 'video/quicktime'],
  ['an MP4 recording', box('isom', 'iso2', 'mp41'), 'video/mp4'],
  ['an AVIF', box('avif', 'mif1'), undefined],
  ['a CR3, whose brand is unknown', box('crx ', 'isom'), undefined],
  ['the signature of PNG before HTML', bytes(png, '<html><script>'), undefined],
  ['HTML', bytes('<!doctype html>'), undefined],
  ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg">'), undefined],
  ['a PDF', bytes('%PDF-1.7'), undefined],
  ['a program', bytes('MZ', [0x90, 0]), undefined],
  ['nothing', bytes(), undefined],
  ['half a box', bytes([0, 0, 0, 24], 'fty'), undefined],
])('%s is told by its content', (_, head, type) => {
  expect(typeOfContent(head)).toBe(type)
})

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [421_888, '412 KiB'],
  [2 * 1024 ** 3, '2.0 GiB'],
  [5 * 1024 ** 4, '5120 GiB'],
])('%d bytes are %s', (count, words) => {
  expect(bytesInWords(count)).toBe(words)
})

test('the name of a download has nothing of the name that was given', () => {
  const file = { id: 7, type: 'video/quicktime' as const }
  expect(downloadName(file, { number: 3, simulated: true })).toBe('SIMULATED-T-3-attachment-7.mov')
})
