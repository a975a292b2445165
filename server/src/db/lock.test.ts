import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir, lockHolder } from './lock.js';

let folder: string;
let other: ChildProcess;
const file = () => join(folder, 'lock');
const leave = (text: string) => writeFile(file(), text);
const note = (pid: number) => JSON.stringify({ pid, port: 8080, token: 'theirs' });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yutu-lock-'));
  other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
});
afterEach(async () => {
  other.kill();
  await rm(folder, { recursive: true });
});

/** A process id that nobody has: one that has just ended. */
const deadPid = () =>
  new Promise<number>((resolve) => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    child.on('exit', () => resolve(child.pid!));
  });

describe('the lock of a data folder', () => {
  it('is taken, told and given back', async () => {
    const lock = await lockDataDir(folder);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ pid: process.pid, port: null, token: lock.token });
    await lock.announce(8123);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ pid: process.pid, port: 8123, token: lock.token });
    expect((await stat(file())).mode & 0o077).toBe(0); // the token opens the command door
    expect(await readdir(folder)).toEqual(['lock']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('held by a live process is not taken: who holds it is said', async () => {
    await leave(note(other.pid!));
    await expect(lockDataDir(folder)).rejects.toThrow(`in use by another Yutu process (pid ${other.pid})`);
    expect(await lockHolder(folder)).toEqual({ pid: other.pid, port: 8080, token: 'theirs' });
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('left by a dead process is taken over', async () => {
    await leave(note(await deadPid()));
    expect(await lockHolder(folder)).toBeNull();
    const lock = await lockDataDir(folder);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ pid: process.pid, token: lock.token });
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it.each(['', '\0\0\0\0', '{"pid":', 'null', '[]'])('left as %j by a power cut is taken over', async (text) => {
    await leave(text);
    expect(await lockHolder(folder)).toBeNull();
    await lockDataDir(folder);
    expect(JSON.parse(await readFile(file(), 'utf8')).pid).toBe(process.pid);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('is readable whole at every moment, also while it is announced', async () => {
    const lock = await lockDataDir(folder);
    let announcing = true;
    const texts: string[] = [];
    const look = (async () => {
      while (announcing) texts.push(await readFile(file(), 'utf8'));
    })();
    for (let port = 1; port <= 200; port++) await lock.announce(port);
    announcing = false;
    await look;
    expect(texts.length).toBeGreaterThan(50);
    expect(texts.filter((text) => !text.endsWith('}'))).toEqual([]);
  });
});
