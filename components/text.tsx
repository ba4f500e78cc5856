/**
 * Text that a person or a device has given: kept apart, so that letters written from right to left or
 * a stray control sign cannot turn the words around it.
 */
export function UserText({ children }: { children: string | number | null | undefined }) {
  return <bdi>{children}</bdi>
}
