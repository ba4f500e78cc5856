// Preloaded into the servers a start begins: when that process is killed, its end of the channel
// closes, and they end too, so that the next start finds the port free.
// Not for their own workers, which inherit the preload: they live by their channel to Next.
if (process.env.ONEWAY_PARENT === String(process.ppid)) {
  process.on('disconnect', () => process.exit(0))
  // Listening alone must not keep a process alive that has nothing else to do.
  process.channel?.unref()
}
