import type { Rule } from '../rule'

/** The rules of qualification in the order they are judged and shown. */
export const rules: readonly Rule[] = []
