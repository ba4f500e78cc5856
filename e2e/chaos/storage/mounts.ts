import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A small file system of its own, which a test may fill or cut off. */
export type Mount = {
  folder: string
  /** Takes it away from everybody and mounts it again: what was not on the disk is gone. */
  again(): void
  /** From now on every read and write fails, and nothing that waits in memory reaches the disk. */
  cutOff(): void
  remove(): void
}

const run = (command: string, ...args: string[]): string | undefined => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) return `there is no ${command}`
  return status === 0 ? undefined : `${command} fails: ${stderr.trim()}`
}

const runOrThrow = (command: string, ...args: string[]) => {
  const problem = run(command, ...args)
  if (problem !== undefined) throw new Error(problem)
}

const newHome = () => mkdtempSync(path.join(tmpdir(), 'oneway-mount-'))

/** Why this machine lets nobody mount a file system; undefined where it does. */
export function whyNoMount(): string | undefined {
  const folder = newHome()
  const problem = run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'oneway', folder)
  if (problem === undefined) run('umount', folder)
  rmSync(folder, { recursive: true, force: true })
  return problem
}

/** In memory, so many MiB at most. */
export function mountTmpfs(mebibytes: number): Mount {
  const folder = newHome()
  runOrThrow('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'oneway', folder)
  const none = () => {
    throw new Error('a tmpfs has no disk behind it')
  }
  return {
    folder,
    again: none,
    cutOff: none,
    remove: () => {
      run('umount', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** _IOR('X', 125, __u32) with "do not flush the log": https://github.com/torvalds/linux/blob/v6.12/fs/ext4/ext4.h */
const shutdown =
  'open(F, "<", $ARGV[0]) or die $!; my $how = pack("L", 2); ioctl(F, 0x8004587D, $how) or die $!'

/** An ext4 in a file, through a loop device. @throws Error where the machine has no such thing */
export function mountExt4(mebibytes: number): Mount {
  const home = newHome()
  const [image, folder] = [path.join(home, 'image'), newHome()]
  writeFileSync(image, '')
  truncateSync(image, mebibytes * 1024 * 1024)
  runOrThrow('mkfs.ext4', '-q', '-F', image)
  runOrThrow('mount', '-o', 'loop', image, folder)
  return {
    folder,
    again: () => {
      runOrThrow('umount', folder)
      runOrThrow('mount', '-o', 'loop', image, folder)
    },
    cutOff: () => runOrThrow('perl', '-e', shutdown, folder),
    remove: () => {
      run('umount', folder)
      for (const one of [home, folder]) rmSync(one, { recursive: true, force: true })
    },
  }
}
