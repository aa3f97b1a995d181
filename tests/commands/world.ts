import type { World } from '../../commands/command.ts';
import { runNotify } from '../../commands/program.ts';
import { readPacing, readReminders, readSettings } from '../../shared/config.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';

export const NOW = new Date('2026-11-20T14:30:00.000Z');

/** The command line over fakes, at one instant. `answer` is what somebody at the terminal says; without it nobody is there. */
export function fakeWorld({
  answer,
  width = 100,
  onThisMachine = false,
  settings = {},
  waits = 'held',
}: {
  answer?: boolean;
  width?: number;
  onThisMachine?: boolean;
  /** Above the sample; undefined takes one away. */
  settings?: Readonly<Record<string, string | undefined>>;
  waits?: Parameters<typeof fakeClock>[1];
} = {}) {
  const environment = { ...sample.Values, ...settings };
  const ports = fakePorts({ clock: fakeClock(NOW, waits) });
  let [out, err] = ['', ''];
  const asked: string[] = [];
  const progress: string[] = [];
  const world: World = {
    now: () => ports.clock.now(),
    connections: {
      settings: () => readSettings(environment),
      pacing: () => readPacing(environment),
      reminders: () => readReminders(environment),
      linkHosts: () => ['track.example.com'],
      tables: () => ports,
      broker: () => ports.queues,
      where: (name) => `${name.toLowerCase()}.test`,
      areOnThisMachine: () => onThisMachine,
      close: async () => undefined,
    },
    terminal: {
      print: (text) => void (out += `${text}\n`),
      say: (text) => void (err += `${text}\n`),
      hint: () => undefined,
      progress: (text) => void (text && progress.push(text)),
      interactive: answer !== undefined,
      ask: async (question) => {
        asked.push(question);
        return answer ?? false;
      },
      width,
      paint: (_, text) => text,
    },
    user: 'ann@desk',
  };
  return {
    ...ports,
    world,
    asked,
    progress,
    notify: async (...args: string[]) => {
      [out, err] = ['', ''];
      const code = await runNotify(args, world);
      return { code, out, err };
    },
  };
}
