import type { PlistValue } from './value'

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

/** A plist as XML in which every value keeps its type, to be looked at; never a command. */
export const writePlist = (value: PlistValue): Uint8Array =>
  new TextEncoder().encode(`${head}<plist version="1.0">\n${written(value, '')}\n</plist>\n`)

const escaped = (text: string) => text.replace(/[&<>\r]/g, (c) => `&#${c.charCodeAt(0)};`)

function written(value: PlistValue, indent: string): string {
  const deeper = `${indent}\t`
  if (value.type === 'dict') {
    const entries = [...value.entries].map(
      ([key, item]) => `${deeper}<key>${escaped(key)}</key>\n${written(item, deeper)}\n`,
    )
    return `${indent}<dict>\n${entries.join('')}${indent}</dict>`
  }
  if (value.type === 'array') {
    const items = value.items.map((item) => `${written(item, deeper)}\n`)
    return `${indent}<array>\n${items.join('')}${indent}</array>`
  }
  return `${indent}${leaf(value)}`
}

function leaf(value: Exclude<PlistValue, { type: 'dict' | 'array' }>): string {
  if (value.type === 'boolean') return value.value ? '<true/>' : '<false/>'
  if (value.type === 'string') return `<string>${escaped(value.value)}</string>`
  if (value.type === 'data') return `<data>${Buffer.from(value.value).toString('base64')}</data>`
  if (value.type === 'date')
    return `<date>${value.value.toISOString().replace(/\.\d+Z$/, 'Z')}</date>`
  return `<${value.type}>${value.value ?? 'nan'}</${value.type}>`
}
