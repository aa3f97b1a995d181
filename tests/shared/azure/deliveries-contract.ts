import { describe, expect, it } from 'vitest';
import { hourOf } from '../../../shared/delivery-id.ts';
import { type Plan, type Progress, UNTOUCHED } from '../../../shared/delivery.ts';
import { ARRIVED, acceptedAt, planOf } from '../stored-delivery.ts';
import { HOUR, type Tables, all, fresh, later } from './contract-rows.ts';

function outlineOf({ id, subject, eventTime, arrived, message, version, locale, channel, ...plan }: Plan) {
  const { address, shop, country, region, mailHost } = plan;
  return {
    id,
    subject,
    eventTime,
    arrived,
    message,
    version,
    locale,
    channel,
    address,
    shop,
    country,
    region,
    mailHost,
  };
}

/** What holds for every implementation of deliveries and of what housekeeping remembers of their hours. */
export function deliveriesContract(kind: string, tables: () => Tables): void {
  describe(`deliveries in ${kind}`, () => {
    it('gives back a plan as it was stored, untouched', async () => {
      const { deliveries } = tables();
      const sms = planOf({ eventId: fresh('event') });
      const email = planOf({ eventId: sms.eventId, channel: 'email', localeAsked: 'fr' });
      const again = planOf({
        eventId: fresh('event'),
        expiresAt: later(HOUR),
        resend: { of: sms.id, by: 'ann@desk', why: 'The phone was off.' },
      });
      await deliveries.plan([sms, email, again]);
      for (const plan of [sms, email, again])
        expect(await deliveries.read(plan.id)).toEqual({ plan, progress: UNTOUCHED, etag: expect.any(String) });
    });

    it('keeps what a mail brings along, byte for byte', async () => {
      const { deliveries } = tables();
      const email = planOf({ eventId: fresh('event'), channel: 'email' });
      if (email.content?.channel !== 'email') throw new Error('expected a mail');
      const attachment = { name: 'a.ics', contentType: 'text/calendar', text: 'BEGIN:VCALENDAR\r\nX:\\n✓\r\n' };
      const plan = { ...email, content: { ...email.content, attachments: [attachment] } };
      await deliveries.plan([plan]);
      expect((await deliveries.read(plan.id))?.plan).toEqual(plan);
    });

    it('keeps how a plan holds to quiet hours, and that it waits for their end', async () => {
      const { deliveries } = tables();
      const quiet = { zone: 'Europe/Vienna', tooLate: 'send' } as const;
      const plans = [
        planOf({ eventId: fresh('event'), quiet }),
        planOf({
          eventId: fresh('event'),
          quiet: { ...quiet, hours: { start: 0, end: 90 }, latest: later(HOUR) },
          firstCause: 'quiet-hours',
        }),
      ];
      await deliveries.plan(plans);
      const rows = await Promise.all(plans.map(({ id }) => deliveries.read(id)));
      expect(rows.map((row) => row?.plan)).toEqual(plans);
      expect(rows.map((row) => row?.progress.cause)).toEqual(['waiting', 'quiet-hours']);
      const outlines = await all(deliveries.outlinesOfHour(hourOf(plans[1]!.id)));
      expect(outlines.find(({ id }) => id === plans[1]!.id)?.cause).toBe('quiet-hours');
      await deliveries.record(rows[1]!, { ...UNTOUCHED, status: 'accepted', cause: 'taken', revision: 1 });
      expect((await deliveries.read(plans[1]!.id))?.progress.cause).toBe('taken');
    });

    it('keeps a plan that cannot be sent, and knows nothing of one that was never stored', async () => {
      const { deliveries } = tables();
      const { content: _, ...rest } = planOf({ eventId: fresh('event'), address: '', unsendable: 'bad-address' });
      await deliveries.plan([rest]);
      expect((await deliveries.read(rest.id))?.plan).toEqual(rest);
      expect(await deliveries.read(planOf({ eventId: fresh('event') }).id)).toBeUndefined();
    });

    it('keeps a revision of any size that upstream may send, and a verdict beside the content', async () => {
      const { deliveries } = tables();
      for (const eventRevision of [0, Number.MAX_SAFE_INTEGER]) {
        const plan = planOf({ eventId: fresh('event'), eventRevision, unsendable: 'superseded' });
        await deliveries.plan([plan]);
        expect((await deliveries.read(plan.id))?.plan).toEqual(plan);
      }
    });

    it('records progress on the row that was read, once', async () => {
      const { deliveries } = tables();
      const plan = planOf({ eventId: fresh('event') });
      await deliveries.plan([plan]);
      const row = (await deliveries.read(plan.id))!;
      const progress: Progress = { ...UNTOUCHED, ...acceptedAt(later(2_000)), copy: 1, slot: later(1_000) };
      const recorded = await deliveries.record(row, progress);
      expect(recorded).toEqual({ plan, progress, etag: expect.any(String) });
      expect(await deliveries.read(plan.id)).toEqual(recorded);
      expect(await deliveries.record(row, { ...progress, copy: 2 })).toBeUndefined();
      expect((await deliveries.read(plan.id))?.progress.copy).toBe(1);
      expect(await deliveries.record(recorded!, { ...progress, copy: 3 })).toBeDefined();
    });

    it('outlines the rows of an hour, touched or not', async () => {
      const { deliveries } = tables();
      const plan = planOf({ eventId: fresh('event'), arrived: new Date('2026-10-05T08:00:00Z') });
      const again = { of: plan.id, by: 'ann@desk', why: 'She asks for it.' };
      const mail = planOf({ eventId: plan.eventId, channel: 'email', arrived: plan.arrived, resend: again });
      await deliveries.plan([plan, mail]);
      const progress: Progress = { ...UNTOUCHED, ...acceptedAt(later(2_000)), reported: later(3_000) };
      await deliveries.record((await deliveries.read(plan.id))!, progress);
      const outlines = (await all(deliveries.outlinesOfHour('2026-10-05T08'))).filter(({ id }) =>
        [plan.id, mail.id].includes(id),
      );
      const { status, cause, accepted, reported } = progress;
      expect(outlines).toHaveLength(2);
      expect(outlines).toContainEqual({ ...outlineOf(plan), status, cause, accepted, reported });
      expect(outlines).toContainEqual({
        ...outlineOf(mail),
        status: 'planned',
        cause: 'waiting',
        resendOf: plan.id,
      });
      expect(await all(deliveries.outlinesOfHour('2026-10-05T09'))).toEqual([]);
    });

    it('clears a claim, a slot and every other instant that is gone', async () => {
      const { deliveries } = tables();
      const plan = planOf({ eventId: fresh('event') });
      await deliveries.plan([plan]);
      const full: Progress = {
        ...UNTOUCHED,
        ...acceptedAt(later(0)),
        claim: { run: 'run-1', leaseUntil: later(30_000) },
        slot: later(1),
        reported: later(2),
        missing: later(3),
        asking: true,
        unanswered: true,
      };
      const claimed = await deliveries.record((await deliveries.read(plan.id))!, full);
      expect((await deliveries.read(plan.id))?.progress).toEqual(full);
      await deliveries.record(claimed!, { ...UNTOUCHED, revision: 3 });
      expect((await deliveries.read(plan.id))?.progress).toEqual({ ...UNTOUCHED, revision: 3 });
    });

    it('lets planning be repeated without touching progress, and notices it', async () => {
      const { deliveries } = tables();
      const plan = planOf({ eventId: fresh('event') });
      await deliveries.plan([plan]);
      const row = (await deliveries.read(plan.id))!;
      const recorded = await deliveries.record(row, { ...UNTOUCHED, ...acceptedAt(later(0)) });
      await deliveries.plan([plan, plan]);
      expect((await deliveries.read(plan.id))?.progress).toEqual(recorded?.progress);
      expect(await deliveries.record(recorded!, UNTOUCHED)).toBeUndefined();
    });

    it('writes a plan anew only while the row is the one that was read', async () => {
      const { deliveries } = tables();
      const plan = planOf({ eventId: fresh('event') });
      await deliveries.plan([plan]);
      const read = (await deliveries.read(plan.id))!;
      const anew = { ...plan, shop: 'Elsewhere' };
      expect(await deliveries.rewrite(read, anew)).toBe(true);
      expect(await deliveries.rewrite(read, plan)).toBe(false);
      const row = (await deliveries.read(plan.id))!;
      expect(row).toMatchObject({ plan: anew, progress: UNTOUCHED });
      const touched = await deliveries.record(row, { ...row.progress, status: 'sending', revision: 1 });
      expect(await deliveries.rewrite(row, plan)).toBe(false);
      expect(touched).toMatchObject({ plan: anew });
    });

    it('lets one of two writers win', async () => {
      const { deliveries } = tables();
      const plan = planOf({ eventId: fresh('event') });
      await deliveries.plan([plan]);
      const row = (await deliveries.read(plan.id))!;
      const results = await Promise.all([1, 2, 3].map((copy) => deliveries.record(row, { ...UNTOUCHED, copy })));
      expect(results.filter(Boolean)).toHaveLength(1);
    });

    it('stores many plans of several hours at once and reads them back by hour', async () => {
      const { deliveries } = tables();
      const plans = Array.from({ length: 230 }, (_, index) =>
        planOf({ eventId: fresh('event'), arrived: later(-100 * HOUR + (index % 2) * HOUR) }),
      );
      await deliveries.plan(plans);
      const [first, second] = [hourOf(plans[0]!.id), hourOf(plans[1]!.id)];
      expect(await all(deliveries.ofHour(first))).toHaveLength(115);
      expect((await all(deliveries.ofHour(second))).map(({ plan }) => plan.id)).toEqual(
        expect.arrayContaining(plans.filter((_, index) => index % 2 === 1).map(({ id }) => id)),
      );
      expect(await deliveries.nextHour('2026-11-01T00')).toBe(first);
      expect(await deliveries.nextHour(second)).toBe(second);
      expect(await deliveries.nextHour('2027-01-01T00')).toBeUndefined();
      expect(await all(deliveries.ofHour('2027-01-01T00'))).toEqual([]);
    });

    it('keeps a mail that does not compress and needs several columns', async () => {
      const { deliveries } = tables();
      const html = Array.from({ length: 8_000 }, (_, index) => `${Math.sin(index)}`).join(' ');
      const plan = planOf({
        eventId: fresh('event'),
        channel: 'email',
        content: {
          channel: 'email',
          subject: 'x',
          html,
          text: 'Grüße 🚚',
          replyTo: 'a@b.example',
        },
      });
      await deliveries.plan([plan]);
      expect((await deliveries.read(plan.id))?.plan).toEqual(plan);
    });
  });

  describe(`hours in ${kind}`, () => {
    it('records an hour once per state that was seen, and forgets it when it is opened again', async () => {
      const { hours } = tables();
      expect(await hours.record('2026-11-20T13', later(HOUR), undefined)).toBe(true);
      expect(await hours.record('2026-11-20T13', undefined, undefined)).toBe(false);
      const [seen] = await hours.known('2026-11-20T13');
      expect(seen).toEqual({ hour: '2026-11-20T13', next: later(HOUR), etag: expect.any(String) });
      expect(await hours.record('2026-11-20T13', undefined, seen)).toBe(true);
      const [closed] = await hours.known('2026-11-20T13');
      expect(closed).toEqual({ hour: '2026-11-20T13', etag: expect.any(String) });
      await hours.reopen('2026-11-20T13');
      expect(await hours.record('2026-11-20T13', undefined, closed)).toBe(false);
      const [opened] = await hours.known('2026-11-20T13');
      expect(opened!.next!.getTime()).toBeLessThan(ARRIVED.getTime());
      expect(await hours.record('2026-11-20T13', undefined, opened)).toBe(true);
    });

    it('makes a first record fail when the hour was opened meanwhile', async () => {
      const { hours } = tables();
      await hours.reopen('2026-11-20T15');
      expect(await hours.record('2026-11-20T15', undefined, undefined)).toBe(false);
    });

    it('lists this hour and later ones in order', async () => {
      const { hours } = tables();
      for (const hour of ['2026-12-01T05', '2026-12-01T04', '2026-12-01T03'])
        await hours.record(hour, undefined, undefined);
      expect((await hours.known('2026-12-01T04')).map(({ hour }) => hour)).toEqual(['2026-12-01T04', '2026-12-01T05']);
    });
  });
}
