import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A small file system that a test may fill or shut down. */
export type Mount = {
  folder: string
  /** Unmounts and mounts it again: what was not on the disk is gone. */
  again(): void
  /** Makes every read and write fail, and discards what was not written to the disk yet. */
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

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'oneway-mount-'))

/** Why this machine cannot mount file systems; undefined if it can. */
export function whyNoMount(): string | undefined {
  const folder = newFolder()
  const problem = run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'oneway', folder)
  if (problem === undefined) run('umount', folder)
  rmSync(folder, { recursive: true, force: true })
  return problem
}

/** Mounts a tmpfs, which is in memory. */
export function mountTmpfs(mebibytes: number): Mount {
  const folder = newFolder()
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

/** Mounts an ext4 file system in a file, by a loop device. @throws Error if the machine cannot */
export function mountExt4(mebibytes: number): Mount {
  const home = newFolder()
  const [image, folder] = [path.join(home, 'image'), newFolder()]
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
