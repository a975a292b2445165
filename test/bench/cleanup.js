import { readFileSync } from 'node:fs';

/** What must be undone whatever happens: databases, folders, processes. Undone in reverse order. */
const pending = new Set();

/** Runs `work` and then `undo`; `undo` alone when the bench is interrupted meanwhile. */
export async function undoing(undo, work) {
  pending.add(undo);
  try {
    return await work();
  } finally {
    if (pending.delete(undo)) await undo();
    else await new Promise(() => {}); // interrupted: the process ends when all is undone
  }
}

/** Ctrl-C and kill leave nothing behind. A second Ctrl-C does not wait. */
export function undoOnSignals() {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, async () => {
      if (interrupted) process.exit(130);
      interrupted = true;
      console.error('interrupted: cleaning up');
      const undos = [...pending].reverse();
      pending.clear();
      killChildren();
      for (const undo of undos) await Promise.resolve(undo()).catch((error) => console.error(error.message));
      process.exit(130);
    });
}

/** Ends the processes this one has started, whoever holds their handles. */
function killChildren() {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'latin1');
    for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
  } catch {} // not Linux, or gone already: they hear Ctrl-C themselves
}
