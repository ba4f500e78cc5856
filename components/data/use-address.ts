import { useRouter } from 'next/navigation'
import { useEffect, useId, useOptimistic, useTransition } from 'react'
import type { Params } from '@/lib/paths'

/** What is changed in the address; null takes a value out. */
type AddressChange<T extends Params> = { [Name in keyof T]?: string | null }

// Of all forms of the page that is shown: each knows only the address its page was made for, and what a person chose
// while a page was under way would be lost with the next choice.
const forms = new Set<string>()
let underWay: Params = {}

/**
 * The part of the address that a form changes: `shown` has what is chosen at once, and `go` asks for the page with it.
 * `params` is the whole address of the page as it is shown, of which `pathOf` makes the path.
 */
export function useAddress<T extends Params>(params: T, pathOf: (params: Params) => string) {
  const router = useRouter()
  const form = useId()
  const [pending, start] = useTransition()
  const [shown, show] = useOptimistic<Params, AddressChange<T>>(params, (before, change) => ({
    ...before,
    ...change,
  }))
  useEffect(() => {
    if (!pending) return
    forms.add(form)
    return () => {
      forms.delete(form)
      if (forms.size === 0) underWay = {}
    }
  }, [pending, form])
  const go = (change: AddressChange<T>) =>
    start(() => {
      underWay = { ...underWay, ...change }
      show(change)
      router.replace(pathOf({ ...params, ...underWay }), { scroll: false })
    })
  const chosen = (name: keyof T & string): string | undefined =>
    shown[name]?.toString() || undefined
  return { go, pending, chosen }
}
