'use client'

import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { pictureOf } from './picture'

type Props = {
  /** The name of the chart, which stands in the picture. */
  label: string
  simulated: boolean
  /** The drawing on the page; undefined while there is none. */
  find: () => SVGSVGElement | undefined
}

const formats = ['SVG', 'PNG'] as const
type Format = (typeof formats)[number]

/** Copies a chart as it looks on the page. Where the page may not use the clipboard, it downloads the file instead. */
export function CopyPicture({ label, simulated, find }: Props) {
  const [result, setResult] = useState('')
  const copy = async (format: Format) => {
    const svg = find()
    if (!svg) return setResult('The chart is not drawn yet')
    const picture = pictureOf(svg, { label, simulated })
    const name = `oneway-${simulated ? 'SIMULATED-' : ''}${slugOf(label)}.${format.toLowerCase()}`
    try {
      const file = format === 'SVG' ? picture.svg : await pngOf(picture)
      if (await toClipboard(file)) return setResult(`Copied as ${format}`)
      download(file, name)
      setResult(`Downloaded as ${name}: this page may not use the clipboard`)
    } catch {
      setResult(`The chart could not be drawn as ${format}`)
    }
  }
  return (
    <Group gap="xs" data-screen-only>
      {formats.map((format) => (
        <Button key={format} variant="subtle" size="compact-xs" onClick={() => copy(format)}>
          Copy as {format}
        </Button>
      ))}
      <Text size="xs" c="dimmed" role="status">
        {result}
      </Text>
    </Group>
  )
}

const slugOf = (label: string): string =>
  label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)

/** Over plain HTTP a browser offers no clipboard (https://www.w3.org/TR/clipboard-apis/#navigator-interface). */
async function toClipboard(file: string | Blob): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard
  if (clipboard === undefined) return false
  try {
    if (typeof file === 'string') await clipboard.writeText(file)
    else await clipboard.write([new ClipboardItem({ [file.type]: file })])
    return true
  } catch {
    return false
  }
}

function download(file: string | Blob, name: string): void {
  const blob = typeof file === 'string' ? new Blob([file], { type: 'image/svg+xml' }) : file
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun once the click returns to the event loop.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}

/** Pixels for each CSS pixel, so that a slide can enlarge it. */
const density = 2

async function pngOf({ svg, width, height }: ReturnType<typeof pictureOf>): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * density
  canvas.height = height * density
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((give) => canvas.toBlob(give, 'image/png'))
  if (!blob) throw new Error('the browser gave no PNG')
  return blob
}
