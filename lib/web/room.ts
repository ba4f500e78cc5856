export type Room = {
  /** False where there is no room; what was taken is given back with `leave`. */
  enter(bytes: number): boolean
  leave(bytes: number): void
}

/** A budget of bytes that is taken as a whole, before a body comes. */
export function createRoom(most: number): Room {
  let taken = 0
  return {
    enter(bytes) {
      if (taken + bytes > most) return false
      taken += bytes
      return true
    },
    leave(bytes) {
      taken -= bytes
    },
  }
}
