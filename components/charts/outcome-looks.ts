import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome'

/** Distinct in both colour schemes; the shape says the family, so the chart reads without colour. */
const palette = [
  'green.6',
  'teal.6',
  'lime.7',
  'cyan.7',
  'orange.6',
  'blue.6',
  'indigo.5',
  'violet.6',
  'grape.6',
  'red.6',
  'yellow.7',
  'pink.5',
  'pink.7',
  'red.8',
  'gray.6',
  'gray.5',
  'gray.7',
  'gray.8',
]

/** A Mantine colour such as "green.6" as its CSS variable. */
const cssColour = (name: string) => `var(--mantine-color-${name.replace('.', '-')})`

export const colourOf = (outcome: Outcome): string =>
  cssColour(palette[outcomes.indexOf(outcome)] ?? 'gray.6')

export const shapeOf = (outcome: Outcome) => outcomeInfo[outcome].shape
