/** Which sign is the decimal one in a column; undefined where its cells do not tell. */
export type DecimalSign = '.' | ','

// A blank, a hard or thin blank, or an apostrophe between thousands is never anything else.
const grouping = /(?<=\d)[\s\u00a0\u2009\u202f'’](?=\d{3}(?!\d))/g

const plain = (text: string) => text.trim().replaceAll(grouping, '')

/**
 * What one number tells of its column's decimal sign. "12.5", "0,5" and "1.024,5" tell it; "1,024" does not: it
 * is a thousand and twenty-four or a little more than one.
 */
function toldBy(text: string): DecimalSign | undefined {
  const signs = [...text.matchAll(/[.,]/g)]
  const last = signs.at(-1)?.[0]
  if (last !== '.' && last !== ',') return undefined
  const other = last === '.' ? ',' : '.'
  if (text.includes(other)) return last
  if (signs.length > 1) return other
  return /^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text) ? undefined : last
}

/** The decimal sign of a column; `contradiction` where its cells disagree. */
export function decimalSignOf(texts: readonly string[]): DecimalSign | 'contradiction' | undefined {
  const told = new Set(texts.flatMap((text) => toldBy(plain(text)) ?? []))
  if (told.size > 1) return 'contradiction'
  return [...told][0]
}

/** Whether the text says the same whatever the decimal sign is. */
export const isClear = (text: string): boolean => {
  const bare = plain(text)
  return !/[.,]/.test(bare) || toldBy(bare) !== undefined
}

/** The number a text is with this decimal sign; undefined where it is none. */
export function numberOf(text: string, decimal: DecimalSign): number | undefined {
  const thousands = decimal === '.' ? ',' : '.'
  const bare = plain(text)
  const form =
    decimal === '.'
      ? /^-?(\d{1,15}|\d{1,3}(,\d{3})+)(\.\d{1,15})?$/
      : /^-?(\d{1,15}|\d{1,3}(\.\d{3})+)(,\d{1,15})?$/
  if (!form.test(bare)) return undefined
  return Number(bare.replaceAll(thousands, '').replace(decimal, '.'))
}
