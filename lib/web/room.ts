/** Bytes of bodies that may wait for the database at once; more would cost the process its memory. */
const roomBytes = 128 * 1024 * 1024

export type Room = {
  /** False where there is no room; what was taken is given back with `leave`. */
  enter(bytes: number): boolean
  leave(bytes: number): void
}

export function createRoom(most = roomBytes): Room {
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
