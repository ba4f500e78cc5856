import { type CSSVariablesResolver, createTheme, type MantineThemeOverride } from '@mantine/core'

const systemFont =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
const systemMono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

/** Text in the page's own ink; the frame and the icon keep the colour. */
const inPageInk = 'var(--mantine-color-text)'

export const theme: MantineThemeOverride = createTheme({
  fontFamily: systemFont,
  fontFamilyMonospace: systemMono,
  headings: { fontFamily: systemFont },
  colors: {
    steel: [
      '#eef4f9',
      '#dde7ef',
      '#b8cfe0',
      '#90b5d1',
      '#6f9fc4',
      '#5a91bc',
      '#4b83b0',
      '#39709c',
      '#2d618b',
      '#1b4f77',
    ],
  },
  primaryColor: 'steel',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Table: {
      defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm', highlightOnHover: true },
    },
    // In the dark no colour reads well on the page and yet differs enough from its text (WCAG 2.2 §1.4.1).
    Anchor: { defaultProps: { underline: 'always' } },
    Alert: { styles: { title: { color: inPageInk } } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    // The list itself scrolls: an area of its own around the entries would have to be a tab stop (WCAG 2.1.1).
    // A refused field is focused: its options would open over the words that say what is wrong.
    Select: {
      defaultProps: { withScrollArea: false, openOnFocus: false },
      styles: { options: { maxHeight: 220, overflowY: 'auto' } },
    },
    // The focusable element it would add is no child a menu may have (WAI-ARIA 1.2 §5.2.6).
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Badge: { styles: { label: { color: inPageInk } } },
  },
})

/** Shades dark enough for text on white, and for white text on them: 4.5:1 or more (WCAG 2.2 §1.4.3). */
const inks = {
  red: '#c92a2a',
  orange: '#b93d0c',
  yellow: '#8f5b00',
  green: '#237032',
  teal: '#087f5b',
  blue: '#1864ab',
  grape: '#862e9c',
  violet: '#5f3dc4',
}

const inkVariables = (uses: readonly string[]) =>
  Object.fromEntries(
    Object.entries(inks).flatMap(([color, ink]) =>
      uses.map((use) => [`--mantine-color-${color}-${use}`, ink]),
    ),
  )

/** Mantine's own colours for small text and on filled buttons stay under 4.5:1. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...inkVariables(['text', 'filled', 'outline', 'light-color']),
    '--mantine-color-dimmed': '#5a626a',
    '--mantine-color-placeholder': '#6b737b',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    ...inkVariables(['filled']),
    '--mantine-color-dimmed': '#a8adb3',
    '--mantine-color-placeholder': '#9aa0a6',
    '--mantine-color-error': '#ff8787',
  },
})
