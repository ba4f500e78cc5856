// Preloaded into every process that a start begins. When the start is killed, the IPC channel closes and they
// end too, so that the next start finds the port free and no other worker sending.
// Next's workers inherit the preload, but do not end by it: their parent is Next.
const deadlineMs = Number(process.env.ONEWAY_PARTING_MS ?? 3000)

const end = () => {
  // A process with its own listener ends by itself, but within a deadline.
  const endsItself = process.listenerCount('disconnect') > 1
  if (endsItself) setTimeout(() => process.exit(1), deadlineMs).unref()
  else process.exit(0)
}

if (process.env.ONEWAY_PARENT === String(process.ppid)) {
  process.on('disconnect', end)
  // The listener must not keep an otherwise idle process alive.
  process.channel?.unref()
}
