/** Loaded into a child before its own code: whatever ends the parent, even SIGKILL, ends the child. */
const PATIENCE = 5_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), PATIENCE).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
