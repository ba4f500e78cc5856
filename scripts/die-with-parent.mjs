// Preloaded into whatever a start begins: when that process is killed, its end of the channel closes,
// and they end too, so that the next start finds the port free and nobody else sending.
// Not for their own workers, which inherit the preload: they live by their channel to Next.
const partingMs = Number(process.env.ONEWAY_PARTING_MS ?? 3000)

const part = () => {
  // Who listens for itself ends in its own way, but not as late as it likes.
  const endsItself = process.listenerCount('disconnect') > 1
  if (endsItself) setTimeout(() => process.exit(1), partingMs).unref()
  else process.exit(0)
}

if (process.env.ONEWAY_PARENT === String(process.ppid)) {
  process.on('disconnect', part)
  // Listening alone must not keep a process alive that has nothing else to do.
  process.channel?.unref()
}
