import { describe, expect, it } from 'vitest';
import { versionAt } from '../appointment-version.ts';
import { type Tables, all, fresh } from './contract-rows.ts';

const START = new Date('2031-04-05T06:07:00Z');

/** What holds for every implementation of appointments. */
export function appointmentsContract(kind: string, tables: () => Tables): void {
  describe(`appointments in ${kind}`, () => {
    it('gives back what was put, by its start, source, subject and event', async () => {
      const { appointments } = tables();
      const version = versionAt(START, { id: fresh('event'), data: { reminders: ['2h', 'day-before'] } });
      const { source, subject, id } = version.event;
      expect(await appointments.read({ start: START, source, subject, id })).toBeUndefined();
      await appointments.keep(version);
      await appointments.keep(version);
      expect(await appointments.read({ start: START, source, subject, id })).toEqual(version);
      expect(await appointments.read({ start: START, source, subject, id: `${id}-other` })).toBeUndefined();
    });

    it('keeps what came first, and gives that back', async () => {
      const { appointments } = tables();
      const version = versionAt(START, { id: fresh('event') });
      const changed = { ...version, reminders: version.reminders.slice(1) };
      expect(version.reminders.length).toBeGreaterThan(1);
      expect(await appointments.keep(version)).toEqual(version);
      expect(await appointments.keep(changed)).toEqual(version);
    });

    it('lists those of a day, each version by itself', async () => {
      const { appointments } = tables();
      const start = new Date('2031-05-01T23:59:00Z');
      const versions = [versionAt(start, { id: fresh('event') }), versionAt(start, { id: fresh('event') })];
      await appointments.keep(versionAt(new Date('2031-05-02T00:00:00Z'), { id: fresh('event') }));
      for (const version of versions) await appointments.keep(version);
      const found = await all(appointments.ofDay('2031-05-01'));
      expect(new Set(found.map(({ event }) => event.id))).toEqual(new Set(versions.map(({ event }) => event.id)));
    });
  });
}
