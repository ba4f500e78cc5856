/**
 * JSON as Go's encoding/json reads and writes it. KMFDDM compares the bytes of a Payload, so the text of a value is
 * kept as it came; JSON.parse would lose it.
 */
export type RawMember = { key: string; raw: string }

class GoJsonError extends Error {}

const end = 'unexpected end of JSON input'

const quoted = (char: string) => (char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${char}'`)

const invalid = (char: string | undefined, where: string) =>
  new GoJsonError(char === undefined ? end : `invalid character ${quoted(char)} ${where}`)

const isSpace = (char: string | undefined) => char !== undefined && ' \t\r\n'.includes(char)

/** Reads one text from its beginning; each function leaves `at` behind what it has read. */
class Scanner {
  at = 0
  constructor(readonly text: string) {}

  peek = () => this.text[this.at]

  space() {
    while (isSpace(this.peek())) this.at += 1
  }

  value() {
    const char = this.peek()
    if (char === '{') this.object(() => undefined)
    else if (char === '[') this.array()
    else if (char === '"') this.string()
    else if (char === 't') this.literal('true')
    else if (char === 'f') this.literal('false')
    else if (char === 'n') this.literal('null')
    else this.number()
  }

  object(member: (found: RawMember) => void) {
    this.at += 1
    this.space()
    if (this.peek() === '}') {
      this.at += 1
      return
    }
    for (;;) {
      if (this.peek() !== '"')
        throw invalid(this.peek(), 'looking for beginning of object key string')
      const keyFrom = this.at
      this.string()
      const key = String(JSON.parse(this.text.slice(keyFrom, this.at)))
      this.space()
      if (this.peek() !== ':') throw invalid(this.peek(), 'after object key')
      this.at += 1
      this.space()
      const from = this.at
      this.value()
      member({ key, raw: this.text.slice(from, this.at) })
      this.space()
      const next = this.peek()
      this.at += 1
      if (next === '}') return
      if (next !== ',') throw invalid(next, 'after object key:value pair')
      this.space()
    }
  }

  array() {
    this.at += 1
    this.space()
    if (this.peek() === ']') {
      this.at += 1
      return
    }
    for (;;) {
      this.value()
      this.space()
      const next = this.peek()
      this.at += 1
      if (next === ']') return
      if (next !== ',') throw invalid(next, 'after array element')
      this.space()
    }
  }

  string() {
    const [found = ''] = /^"(?:[^"\\]|\\.)*/s.exec(this.text.slice(this.at)) ?? []
    if (this.text[this.at + found.length] !== '"') throw new GoJsonError(end)
    try {
      JSON.parse(`${found}"`)
    } catch {
      const control = [...found].find((char) => char < ' ')
      throw control === undefined
        ? invalid(/\\[^"\\/bfnrtu]/.exec(found)?.[0][1] ?? 'u', 'in string escape code')
        : new GoJsonError(
            `invalid character ${JSON.stringify(control).replaceAll('"', "'")} in string literal`,
          )
    }
    this.at += found.length + 1
  }

  literal(word: string) {
    for (const [index, expected] of [...word].entries()) {
      const char = this.text[this.at + index]
      if (char !== expected) throw invalid(char, `in literal ${word} (expecting '${expected}')`)
    }
    this.at += word.length
  }

  number() {
    const found = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.text.slice(this.at))
    if (!found?.[0]) throw invalid(this.peek(), 'looking for beginning of value')
    this.at += found[0].length
  }
}

/** The kind of a JSON value, as Go names it in an error. */
export const kindOfJson = (text: string) => {
  if (text.startsWith('{')) return 'object'
  if (text.startsWith('[')) return 'array'
  if (text.startsWith('"')) return 'string'
  return text === 'true' || text === 'false' ? 'bool' : 'number'
}

/**
 * The members of a JSON object with the exact text of their values, or the error of Go's decoder. `null` is an object
 * without members there.
 */
export function rawMembers(text: string, goType: string): RawMember[] | { error: string } {
  const scanner = new Scanner(text)
  const members: RawMember[] = []
  try {
    scanner.space()
    if (scanner.peek() === undefined) throw new GoJsonError(end)
    const from = scanner.at
    if (scanner.peek() === '{') scanner.object((member) => members.push(member))
    else scanner.value()
    const whole = text.slice(from, scanner.at)
    scanner.space()
    if (scanner.at < text.length) throw invalid(scanner.peek(), 'after top-level value')
    return whole.startsWith('{') || whole === 'null'
      ? members
      : { error: `json: cannot unmarshal ${kindOfJson(whole)} into Go value of type ${goType}` }
  } catch (error) {
    if (error instanceof GoJsonError) return { error: error.message }
    throw error
  }
}

const escapes: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

const escaped = (json: string) =>
  json.replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char)

/** Go's json.Marshal: compact, with `<`, `>` and `&` escaped. */
export const goJson = (value: unknown): string => escaped(JSON.stringify(value))

/** Go's json.MarshalIndent by tabs of a valid JSON text, whose order and numbers stay as they are. */
export function goIndent(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g) ?? []
  let [depth, out] = [0, '']
  const line = () => `\n${'\t'.repeat(depth)}`
  tokens.forEach((token, index) => {
    const [before, after] = [tokens[index - 1] ?? '', tokens[index + 1] ?? '']
    if (token === '{' || token === '[') {
      depth += 1
      out += '}]'.includes(after) ? token : token + line()
    } else if (token === '}' || token === ']') {
      depth -= 1
      out += '{['.includes(before) ? token : line() + token
    } else if (token === ',') out += token + line()
    else out += token === ':' ? ': ' : token
  })
  return escaped(out)
}
