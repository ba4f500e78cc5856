const steps: readonly { unit: string; seconds: number }[] = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'min', seconds: 60 },
]

/** How long ago, or how far ahead, in one rounded-down unit: "5 min ago", "in 2 h", "just now". */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.trunc((now.getTime() - at.getTime()) / 1000)
  const length = Math.abs(seconds)
  if (length < 5) return 'just now'
  const { unit, seconds: one } = steps.find((step) => length >= step.seconds) ?? {
    unit: 's',
    seconds: 1,
  }
  const words = `${Math.floor(length / one)} ${unit}`
  return seconds > 0 ? `${words} ago` : `in ${words}`
}
