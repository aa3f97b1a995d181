import { describe, expect, it } from 'vitest';
import type { Delivery, Progress } from '../../shared/delivery.ts';
import { takeEvents } from '../../shared/intake.ts';
import { deliveryId } from '../../shared/delivery-id.ts';
import { remind } from '../../shared/remind.ts';
import { laterRoundsOf } from '../../shared/reminder-rounds.ts';
import { reasonAgainst, resend } from '../../shared/resend.ts';
import { instanceOf, waitingFor } from '../../shared/reminders.ts';
import type { OnCall } from '../fakes/calls.ts';
import { Crash, crashAt } from '../fakes/crash.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';
import { bytesOf, INTAKE_SETTINGS, rawEvent } from './order-event.ts';

const BOOKED = new Date('2026-11-20T08:00:00Z');
/** 17:00 in Vienna, the day before the visit. */
const DAY_BEFORE = new Date('2026-11-23T16:00:00Z');
const START = new Date('2026-11-24T13:30:00Z');
const LATER = new Date('2026-11-26T13:30:00Z');
const HOUR = 3_600_000;
const [SOURCE, SUBJECT] = ['/shops/nordlicht', 'appointment:7'];

type Change = {
  type?: 'booked' | 'rescheduled' | 'cancelled' | 'completed' | 'missed';
  start?: Date;
  place?: string;
  reminders?: readonly string[];
  channels?: readonly string[];
};

/** One appointment; `news` are its events by revision, `at` is the time. */
function appointmentWorld(onCall: OnCall = () => undefined) {
  const clock = fakeClock(BOOKED, 'skipped');
  const ports = fakePorts({ clock, onCall });
  const dependencies = { ...ports, ...INTAKE_SETTINGS };
  const rows = () => [...ports.deliveries.rows.values()].filter(({ plan }) => plan.reminder);
  return {
    ...ports,
    dependencies,
    at: (time: Date) => clock.advance(time.getTime() - clock.now().getTime()),
    news: (revision: number, { type = 'booked', start = START, place, reminders, channels = ['sms'] }: Change = {}) => {
      const raw = rawEvent(`appointment.${type}`, {
        envelope: { id: `e-${revision}`, source: SOURCE, time: clock.now().toISOString() },
        appointment: { number: '7', start: start.toISOString(), ...(place && { place }) },
        customer: { channels },
        data: { revision, ...(reminders && { reminders }) },
      });
      // By another process: it shares nothing in memory with the one that reminds.
      const others = { ...dependencies, ...fakePacing(ports) };
      return takeEvents([{ body: bytesOf(raw), arrived: clock.now(), parked: 0, resubmitted: 0 }], others);
    },
    remind: (offset: string, { start = START, late = false, event = 'e-0' } = {}) =>
      remind(
        { source: SOURCE, subject: SUBJECT, start: start.toISOString(), event, trace: 'f00d', offset, late },
        dependencies,
      ),
    rows,
    copies: () =>
      [...ports.broker.sms, ...ports.broker.email].filter(({ body }) =>
        rows().some(({ plan }) => plan.id === body.delivery),
      ),
  };
}

describe('a reminder that is due', () => {
  it('becomes ordinary deliveries that end with the start, and a record of its subject', async () => {
    const world = appointmentWorld();
    await world.news(1, { channels: ['sms', 'email'] });
    await world.at(DAY_BEFORE);
    expect(await world.remind('1d@17:00')).toBe('planned');
    expect(
      world.rows().map(({ plan }) => [plan.channel, plan.message, plan.arrived, plan.deadline, plan.reminder]),
    ).toEqual(
      ['sms', 'email'].map((channel) => [
        channel,
        'appointment-reminder',
        DAY_BEFORE,
        START,
        { start: START, offset: '1d@17:00' },
      ]),
    );
    expect(world.copies()).toHaveLength(2);
    expect(world.subjects.taken.at(-1)).toMatchObject({
      type: 'reminder',
      deliveries: world.rows().map(({ plan }) => plan.id),
    });
  });

  it('is held when it is due in quiet hours, until they are over; its mail is not', async () => {
    const world = appointmentWorld();
    await world.news(1, { channels: ['sms', 'email'] });
    world.dependencies.quietHoursOf = () => ({ start: 16 * 60, end: 18 * 60 });
    await world.at(DAY_BEFORE);
    expect(await world.remind('1d@17:00')).toBe('planned');
    const [sms, email] = world.rows().map(({ plan }) => plan);
    expect(sms).toMatchObject({ firstBooking: 'none', firstCause: 'quiet-hours' });
    const held = sms!.firstSlot.getTime() - DAY_BEFORE.getTime();
    expect(held >= HOUR && held < 1.25 * HOUR).toBe(true);
    expect(email).toMatchObject({ firstBooking: 'own' });
  });

  it('is planned once, however often it is asked for', async () => {
    const world = appointmentWorld();
    await world.news(1);
    await world.at(DAY_BEFORE);
    for (let time = 0; time < 3; time += 1) expect(await world.remind('1d@17:00')).toBe('planned');
    expect(world.rows()).toHaveLength(1);
    expect(new Set(world.copies().map(({ messageId }) => messageId)).size).toBe(1);
  });

  it.each(['cancelled', 'completed', 'missed'] as const)('is not told once the visit is %s', async (type) => {
    const world = appointmentWorld();
    await world.news(1);
    await world.news(2, { type });
    await world.at(DAY_BEFORE);
    expect(await world.remind('1d@17:00')).toBe('superseded');
    expect(world.rows()).toEqual([]);
  });

  it('is not told of a start that was moved, also when the move came before the booking', async () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const world = appointmentWorld();
      for (const revision of order)
        await world.news(revision, revision === 1 ? {} : { type: 'rescheduled', start: LATER });
      await world.at(DAY_BEFORE);
      expect(await world.remind('1d@17:00')).toBe('superseded');
      expect(await world.remind('1d@17:00', { start: LATER })).toBe('planned');
    }
  });

  it('tells what the newest version of the same start says, whoever asks', async () => {
    const world = appointmentWorld();
    await world.news(1);
    await world.news(2, { type: 'rescheduled', place: 'Elsewhere 9' });
    await world.at(DAY_BEFORE);
    await world.remind('1d@17:00');
    const [{ plan }] = world.rows() as [ReturnType<typeof world.rows>[number]];
    expect(plan).toMatchObject({ eventId: 'e-2', content: { text: expect.stringContaining('Elsewhere 9') } });
  });

  it('is the same delivery after the visit was moved there and back', async () => {
    const world = appointmentWorld();
    await world.news(1);
    await world.at(DAY_BEFORE);
    await world.remind('1d@17:00');
    await world.news(2, { type: 'rescheduled', start: LATER });
    await world.news(3, { type: 'rescheduled', start: START });
    expect(await world.remind('1d@17:00')).toBe('planned');
    expect(world.rows()).toHaveLength(1);
  });

  describe('for a visit that was cancelled and booked again for the same time', () => {
    const skip = ({ progress }: Delivery): Progress => ({
      ...progress,
      status: 'skipped',
      cause: 'superseded',
      revision: progress.revision + 1,
    });

    it('is planned anew where a copy was skipped in between, once a round, under an id of its own', async () => {
      const world = appointmentWorld();
      await world.news(1, { channels: ['sms', 'email'] });
      await world.at(DAY_BEFORE);
      for (const round of [1, 2, 3]) {
        for (let time = 0; time < 2; time += 1) expect(await world.remind('1d@17:00')).toBe('planned');
        const sms = world.rows().filter(({ plan }) => plan.channel === 'sms');
        expect(sms).toHaveLength(round);
        expect(world.rows()).toHaveLength(round + 1);
        expect(new Set(world.copies().map(({ messageId }) => messageId)).size).toBe(round + 1);
        await world.news(2 * round, { type: 'cancelled' });
        await world.deliveries.record(sms.at(-1)!, skip(sms.at(-1)!));
        await world.news(2 * round + 1, { channels: ['sms', 'email'] });
      }
      const records = world.subjects.taken.filter(({ type }) => type === 'reminder');
      expect(records.map(({ deliveries }) => deliveries.length)).toEqual([2, 1, 1]);
    });

    it('is not sent again by staff where it is told anew, and is where nothing newer tells it', async () => {
      const world = appointmentWorld();
      await world.news(1);
      await world.at(DAY_BEFORE);
      await world.remind('1d@17:00');
      await world.deliveries.record(world.rows()[0]!, skip(world.rows()[0]!));
      const dependencies = { ...world.dependencies, addressHashes: () => [] };
      expect(await reasonAgainst(world.rows()[0]!, false, dependencies)).toBeUndefined();
      await world.remind('1d@17:00');
      const [first, anew] = world.rows();
      expect(laterRoundsOf(first!.plan)[0]).toBe(anew!.plan.id);
      expect(await reasonAgainst(first!, false, dependencies)).toBe(`It is told anew, by delivery ${anew!.plan.id}.`);
      const resent = { ...first!.plan, id: deliveryId({ ...first!.plan, instant: BOOKED, occasion: 'resend' }) };
      expect(laterRoundsOf(resent)).toEqual([]);
    });

    it('is not sent again by staff either where a round for another channel lies between', async () => {
      const world = appointmentWorld();
      await world.news(1);
      await world.at(DAY_BEFORE);
      await world.remind('1d@17:00');
      await world.news(2, { channels: ['sms', 'email'] });
      await world.remind('1d@17:00');
      const [sms, mail] = world.rows();
      await world.deliveries.record(sms!, skip(sms!));
      await world.remind('1d@17:00');
      const anew = world.rows().at(-1)!;
      expect([mail?.plan.channel, anew.plan.channel]).toEqual(['email', 'sms']);
      expect(laterRoundsOf(sms!.plan).indexOf(anew.plan.id)).toBe(1);
      const dependencies = { ...world.dependencies, addressHashes: () => [] };
      expect(await reasonAgainst(world.rows()[0]!, false, dependencies)).toContain(anew.plan.id);
    });

    it('is not told anew where staff have sent it again', async () => {
      const world = appointmentWorld();
      await world.news(1);
      await world.at(DAY_BEFORE);
      await world.remind('1d@17:00');
      const skipped = await world.deliveries.record(world.rows()[0]!, skip(world.rows()[0]!));
      await world.news(2, { type: 'cancelled' });
      await world.news(3);
      await resend(
        skipped!,
        { by: 'ann@desk', why: 'She called.' },
        { ...world.dependencies, addressHashes: () => [] },
      );
      await world.remind('1d@17:00');
      expect(world.rows().filter(({ plan }) => !plan.resend)).toHaveLength(1);
    });

    it('is left alone where it was skipped for another reason, or told', async () => {
      for (const progress of [{ status: 'skipped', cause: 'opted-out' }, { status: 'delivered' }] as const) {
        const world = appointmentWorld();
        await world.news(1);
        await world.at(DAY_BEFORE);
        await world.remind('1d@17:00');
        const [row] = world.rows();
        await world.deliveries.record(row!, { ...row!.progress, ...progress, revision: 2 });
        await world.news(2, { type: 'cancelled' });
        await world.news(3);
        expect(await world.remind('1d@17:00')).toBe('planned');
        expect(world.rows()).toHaveLength(1);
      }
    });

    it('makes whoever looked before that look again: he can no longer skip it', async () => {
      const world = appointmentWorld();
      await world.news(1);
      await world.at(DAY_BEFORE);
      await world.remind('1d@17:00');
      const [planned] = world.rows();
      const claimed = await world.deliveries.record(planned!, { ...planned!.progress, status: 'sending', revision: 1 });
      await world.news(2, { type: 'cancelled' });
      await world.news(3);
      expect(await world.remind('1d@17:00')).toBe('planned');
      expect(await world.deliveries.record(claimed!, skip(claimed!))).toBeUndefined();
      expect(world.rows()).toHaveLength(1);
    });
  });

  it('is dropped when the newest version does not ask for it', async () => {
    const world = appointmentWorld();
    await world.news(1);
    await world.news(2, { type: 'rescheduled', reminders: ['hour-before'] });
    await world.at(DAY_BEFORE);
    expect(await world.remind('1d@17:00')).toBe('dropped');
    expect(world.rows()).toEqual([]);
  });

  it('is told as it was waited for after the settings have changed, unless a newer version says otherwise', async () => {
    const world = appointmentWorld();
    await world.news(1);
    const waiting = world.reminders.waiting.get(instanceOf(SOURCE, SUBJECT, 'e-1'));
    const changed = { ...INTAKE_SETTINGS.reminderSettings, usual: ['2h'] };
    Object.assign(world.dependencies, { reminderSettings: changed });
    await world.news(1);
    expect(world.reminders.waiting.get(instanceOf(SOURCE, SUBJECT, 'e-1'))).toEqual(waiting);
    await world.at(DAY_BEFORE);
    expect(await world.remind('1d@17:00', { event: 'e-1' })).toBe('planned');
    expect(world.rows()[0]?.plan.arrived).toEqual(DAY_BEFORE);
    await world.news(2, { type: 'rescheduled' });
    expect(await world.remind('1h', { event: 'e-1' })).toBe('dropped');
  });

  it('is planned even if nobody could before the visit began: it expires, and staff see it', async () => {
    const world = appointmentWorld();
    await world.news(1);
    await world.at(START);
    expect(await world.remind('1h')).toBe('planned');
    expect(world.rows()[0]?.plan.deadline).toEqual(START);
  });

  it('waits, by failing, for a version that intake has not finished', async () => {
    const world = appointmentWorld();
    await world.news(1);
    world.appointments.rows.clear();
    await expect(world.remind('1d@17:00')).rejects.toThrow('not stored yet');
    expect(world.rows()).toEqual([]);
  });

  it('looks again when a newer version comes in between, at whatever moment', async () => {
    const ends: string[] = [];
    for (let moment = 0; ; moment += 1) {
      let calls = -Infinity;
      const world: ReturnType<typeof appointmentWorld> = appointmentWorld(async () => {
        if ((calls += 1) === moment) await world.news(2, { type: 'cancelled' });
      });
      await world.news(1);
      await world.at(DAY_BEFORE);
      calls = -1;
      const verdict = await world.remind('1d@17:00');
      if (calls < moment) break;
      ends.push(verdict);
      // What was acknowledged before its record was taken is never planned against.
      const isRecorded = world.subjects.taken.some(({ type }) => type === 'reminder');
      expect([moment, verdict]).toEqual([moment, isRecorded ? 'planned' : 'superseded']);
    }
    expect(new Set(ends)).toEqual(new Set(['superseded', 'planned']));
  });
});

describe('a version that comes after its reminder was planned', () => {
  async function planned(revision2: Change) {
    const world = appointmentWorld();
    await world.news(1);
    await world.at(DAY_BEFORE);
    await world.remind('1d@17:00');
    const before = world.rows()[0]!;
    await world.news(2, { type: 'rescheduled', ...revision2 });
    return { world, before };
  }

  it('writes its words over it, and leaves its slot and its copy as they are', async () => {
    const { world, before } = await planned({ place: 'Elsewhere 9' });
    expect(await world.remind('1d@17:00', { late: true })).toBe('planned');
    const [{ plan }] = world.rows() as [typeof before];
    expect(plan.content).toMatchObject({ text: expect.stringContaining('Elsewhere 9') });
    expect(plan).toMatchObject({ firstSlot: before.plan.firstSlot, firstBooking: before.plan.firstBooking });
    expect(world.copies()).toHaveLength(1);
  });

  it('writes its words over it, too, when it is not late itself: both of them wait for the same instant', async () => {
    const { world, before } = await planned({ place: 'Elsewhere 9' });
    expect(await world.remind('1d@17:00', { event: 'e-2' })).toBe('planned');
    const [{ plan }] = world.rows() as [typeof before];
    expect(plan.content).toMatchObject({ text: expect.stringContaining('Elsewhere 9') });
    expect(plan).toMatchObject({ firstSlot: before.plan.firstSlot, firstBooking: before.plan.firstBooking });
    expect(new Set(world.copies().map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('writes its words also over one that was planned anew', async () => {
    const { world, before } = await planned({ type: 'cancelled' });
    await world.deliveries.record(before, { ...before.progress, status: 'skipped', cause: 'superseded', revision: 1 });
    await world.news(3);
    await world.remind('1d@17:00');
    await world.news(4, { type: 'rescheduled', place: 'Elsewhere 9' });
    await world.remind('1d@17:00', { late: true });
    const [, anew] = world.rows();
    expect(anew?.plan.content).toMatchObject({ text: expect.stringContaining('Elsewhere 9') });
  });

  it('does not write over one that is claimed at that moment: what it shows is what was sent', async () => {
    let begins = false;
    const world: ReturnType<typeof appointmentWorld> = appointmentWorld(async ({ port, operation, moment }) => {
      if (!begins || port !== 'deliveries' || operation !== 'rewrite' || moment !== 'before') return;
      begins = false;
      const [row] = world.rows();
      await world.deliveries.record(row!, { ...row!.progress, revision: 1, status: 'sending' });
    });
    await world.news(1);
    await world.at(DAY_BEFORE);
    await world.remind('1d@17:00');
    await world.news(2, { type: 'rescheduled', place: 'Elsewhere 9' });
    begins = true;
    await world.remind('1d@17:00', { late: true });
    const [row] = world.rows();
    expect(row?.progress.status).toBe('sending');
    expect(row?.plan.content).not.toMatchObject({ text: expect.stringContaining('Elsewhere 9') });
  });

  it('tells a channel that is new in it by a delivery of its own, which its subject knows', async () => {
    const { world } = await planned({ channels: ['sms', 'email'] });
    for (let time = 0; time < 2; time += 1) await world.remind('1d@17:00', { event: 'e-2' });
    expect(world.rows().map(({ plan }) => plan.channel)).toEqual(['sms', 'email']);
    const { deliveries } = await world.subjects.find(SUBJECT);
    for (const { plan } of world.rows()) expect(deliveries).toContain(plan.id);
  });

  it('gives a slot of another sender back: the send function books one of its own', async () => {
    const { world, before } = await planned({ place: 'Elsewhere 9' });
    expect(before.plan.firstBooking).toBe('own');
    await world.remind('1d@17:00', { late: true });
    expect(world.rows()[0]?.plan.firstBooking).toBe('own');
    let asked = 0;
    world.dependencies.senderFor = () => ((asked += 1) % 2 === 0 ? '+18005550199' : 'news@shop.example');
    await world.remind('1d@17:00', { late: true });
    expect(world.rows()[0]?.plan).toMatchObject({ firstBooking: 'none', firstSlot: before.plan.firstSlot });
  });

  it('writes its words also over a later round, when it has no channel of the first one', async () => {
    const { world } = await planned({ channels: ['sms', 'email'] });
    await world.remind('1d@17:00', { event: 'e-2' });
    await world.news(3, { type: 'rescheduled', channels: ['email'], place: 'Elsewhere 9' });
    await world.remind('1d@17:00', { late: true });
    const mail = world.rows().find(({ plan }) => plan.channel === 'email');
    expect(mail?.plan.content).toMatchObject({ text: expect.stringContaining('Elsewhere 9') });
  });

  it('names no year in a reminder of a visit that was booked long before', async () => {
    const world = appointmentWorld();
    const start = new Date('2027-11-24T13:30:00Z');
    await world.news(1, { start });
    const [booked] = [...world.deliveries.rows.values()];
    expect(booked?.plan.content).toMatchObject({ text: expect.stringContaining('2027') });
    await world.at(new Date('2027-11-23T16:00:00Z'));
    await world.remind('1d@17:00', { start });
    expect(world.rows()[0]?.plan.content).toMatchObject({ text: expect.not.stringContaining('2027') });
  });

  it('leaves one alone that somebody has begun to send', async () => {
    const { world, before } = await planned({ place: 'Elsewhere 9' });
    await world.deliveries.record(before, { ...before.progress, revision: 1, status: 'sending' });
    await world.remind('1d@17:00', { late: true });
    expect(world.rows()[0]?.plan.content).toEqual(before.plan.content);
  });

  it('plans nothing that was never planned', async () => {
    const world = appointmentWorld();
    await world.at(DAY_BEFORE);
    await world.at(new Date(DAY_BEFORE.getTime() + 60_000));
    await world.news(1);
    expect(await world.remind('1d@17:00', { late: true })).toBe('dropped');
    expect(world.rows()).toEqual([]);
  });
});

describe('intake', () => {
  const of = (revision: number) => instanceOf(SOURCE, SUBJECT, `e-${revision}`);

  it('starts the waiting for a version with what is still due', async () => {
    const world = appointmentWorld();
    await world.news(1, { reminders: ['1d@17:00', '2h'] });
    expect(world.reminders.waiting.get(of(1))).toEqual({
      source: SOURCE,
      subject: SUBJECT,
      start: START.toISOString(),
      event: 'e-1',
      trace: expect.stringMatching(/^[0-9a-f]{32}$/),
      due: [
        { offset: '1d@17:00', at: DAY_BEFORE.toISOString() },
        { offset: '2h', at: '2026-11-24T11:30:00.000Z' },
      ],
      late: [],
    });
  });

  it('leaves to the past what was due before, and waits for no visit that has begun', async () => {
    const world = appointmentWorld();
    await world.at(new Date('2026-11-24T00:00:00Z'));
    await world.news(1);
    expect(world.reminders.waiting.get(of(1))).toMatchObject({ due: [{ offset: '1h' }], late: ['1d@17:00'] });
    await world.at(START);
    await world.news(2);
    expect(world.reminders.waiting.has(of(2))).toBe(false);
  });

  it('waits for a visit that began while its event could not be taken: it is seen that nobody was reminded', async () => {
    let away = true;
    const world = appointmentWorld(({ port }) => {
      if (port === 'subjects' && away) throw new Error('no tables');
    });
    await world.news(1);
    await world.at(START);
    away = false;
    await takeEvents([world.broker.retriedEvents[0]!.body], world.dependencies);
    expect(world.reminders.waiting.get(of(1))).toMatchObject({ due: [{ offset: '1d@17:00' }, { offset: '1h' }] });
  });

  it('ends what waited for a start that was moved, and for a visit that is over', async () => {
    const world = appointmentWorld();
    await world.news(1);
    await world.news(2, { type: 'rescheduled', start: LATER });
    expect(world.reminders.ended).toEqual([of(1)]);
    await world.news(3, { type: 'cancelled', start: LATER });
    expect(world.reminders.ended).toEqual([of(1), of(2)]);
    expect(world.reminders.waiting.size).toBe(0);
  });

  it('lets an earlier version of the same start wait, and ends nothing for news that is old', async () => {
    const world = appointmentWorld();
    await world.news(2, { type: 'rescheduled', place: 'Elsewhere 9' });
    await world.news(1, { start: LATER });
    await world.news(3, { type: 'rescheduled' });
    expect(world.reminders.ended).toEqual([]);
  });

  it('parks an event whose waiting cannot be started, and starts it when the event comes again', async () => {
    let away = true;
    const world = appointmentWorld(({ port }) => {
      if (port === 'reminders' && away) throw new Error('no durable store');
    });
    await world.news(1);
    expect(world.broker.retriedEvents).toHaveLength(1);
    away = false;
    await takeEvents([world.broker.retriedEvents[0]!.body], world.dependencies);
    expect([...world.reminders.waiting.keys()]).toEqual([of(1)]);
    expect(world.appointments.rows.size).toBe(1);
  });

  it('does not mind that something old cannot be ended', async () => {
    const world = appointmentWorld(({ port, operation }) => {
      if (port === 'reminders' && operation === 'end') throw new Error('no durable store');
    });
    await world.news(1);
    await world.news(2, { type: 'cancelled' });
    expect(world.broker.retriedEvents).toEqual([]);
    expect(world.entries.map(({ event }) => event)).toContain('reminders-not-ended');
  });

  it('waits in the same way however often an event comes', async () => {
    const world = appointmentWorld();
    await world.news(1);
    const [version] = world.appointments.rows.values();
    expect(waitingFor(version!)).toEqual(world.reminders.waiting.get(of(1)));
  });
});

describe('a crash at any port call', () => {
  /** Does it with a crash at every call in turn, and once more after each; `check` looks at what is left. */
  async function atEveryCall(
    prepare: (world: ReturnType<typeof appointmentWorld>) => Promise<void>,
    act: (world: ReturnType<typeof appointmentWorld>) => Promise<unknown>,
    check: (world: ReturnType<typeof appointmentWorld>, call: number) => void,
  ): Promise<number> {
    for (let call = 1; ; call += 1) {
      const crash = crashAt(call);
      let isPrepared = false;
      const world = appointmentWorld((one) => (isPrepared ? crash.onCall(one) : undefined));
      await prepare(world);
      isPrepared = true;
      const end = await act(world).then(
        () => 'ended',
        (error: unknown) => error,
      );
      if (end === 'ended') return call - 1;
      expect(end).toBeInstanceOf(Crash);
      crash.restart();
      await act(world);
      const parked = world.broker.retriedEvents.splice(0);
      await takeEvents(
        parked.map(({ body }) => body),
        world.dependencies,
      );
      check(world, call);
    }
  }

  it('of the intake leaves one waiting for each version, with what it is planned from', async () => {
    const points = await atEveryCall(
      async () => undefined,
      (world) => world.news(1),
      (world, call) => {
        const [version] = world.appointments.rows.values();
        expect([call, version?.event.id]).toEqual([call, 'e-1']);
        expect([...world.reminders.waiting.keys()]).toEqual([instanceOf(SOURCE, SUBJECT, 'e-1')]);
      },
    );
    expect(points).toBeGreaterThan(10);
  });

  it('of the activity leaves one reminder, with one copy', async () => {
    const points = await atEveryCall(
      async (world) => {
        await world.news(1);
        await world.at(DAY_BEFORE);
      },
      (world) => world.remind('1d@17:00'),
      (world, call) => {
        expect([call, world.rows().length]).toEqual([call, 1]);
        expect(new Set(world.copies().map(({ messageId }) => messageId)).size).toBe(1);
      },
    );
    expect(points).toBeGreaterThan(10);
  });

  it('of the activity that tells anew leaves one more reminder, with one copy', async () => {
    const points = await atEveryCall(
      async (world) => {
        await world.news(1);
        await world.at(DAY_BEFORE);
        await world.remind('1d@17:00');
        await world.news(2, { type: 'cancelled' });
        const [row] = world.rows();
        await world.deliveries.record(row!, {
          ...row!.progress,
          status: 'skipped',
          cause: 'superseded',
          revision: 1,
        });
        await world.news(3);
      },
      (world) => world.remind('1d@17:00'),
      (world, call) => {
        expect([call, world.rows().length]).toEqual([call, 2]);
        expect(new Set(world.copies().map(({ messageId }) => messageId)).size).toBe(2);
      },
    );
    expect(points).toBeGreaterThan(10);
  });
});
