/** A file's text and how its bytes were understood, or why they cannot be. */
export type Decoded = { text: string; note?: string } | { problem: string }

/**
 * Reads UTF-8, UTF-16 in either byte order, and Windows-1252, which is what Excel's plain "CSV" is.
 * A byte order mark is dropped.
 */
export function decode(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4)
    return { problem: 'This is an Excel workbook or another ZIP file. Save it as CSV.' }
  const wide = utf16Of(bytes)
  if (wide) return { text: new TextDecoder(wide).decode(bytes), note: 'Read as UTF-16.' }
  if (bytes.includes(0))
    return { problem: 'The file is no text: it holds zero bytes. Save it as CSV.' }
  const lenient = new TextDecoder('utf-8').decode(bytes)
  const unread = count(lenient, /\ufffd/g)
  if (unread === 0) return { text: lenient }
  // Letters that are right UTF-8 beside bytes that are not: a damaged or mixed file, of which any
  // reading would invent letters.
  if (count(lenient, /[^\p{ASCII}\ufffd]/gu) > unread) {
    const line = lenient.slice(0, lenient.indexOf('\ufffd')).split('\n').length
    return {
      problem: `Line ${line} is not UTF-8, and other lines are. Save the file as “CSV UTF-8”.`,
    }
  }
  return windows(bytes)
}

/** By its mark, or by the zero that every other byte of a plain text then is. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const head = bytes.subarray(0, 200)
  if (head.length < 4 || head.length % 2 === 1) return undefined
  const [even, odd] = [0, 1].map(
    (at) => head.filter((byte, n) => n % 2 === at && byte === 0).length,
  )
  const max = head.length * 0.4
  if ((odd ?? 0) > max && even === 0) return 'utf-16le'
  return (even ?? 0) > max && odd === 0 ? 'utf-16be' : undefined
}

function windows(bytes: Uint8Array): Decoded {
  const text = new TextDecoder('windows-1252').decode(bytes)
  // Windows-1252 has no letter at these five places; the decoder gives control characters for them.
  const hole = /[\u0081\u008d\u008f\u0090\u009d]/.exec(text)
  if (hole) {
    const line = text.slice(0, hole.index).split('\n').length
    return {
      problem: `Line ${line} is neither UTF-8 nor Windows-1252. Save the file as “CSV UTF-8”.`,
    }
  }
  return { text, note: 'Not UTF-8, so read as Windows-1252: check the accented letters below.' }
}

const count = (text: string, of: RegExp) => text.match(of)?.length ?? 0
