import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOver } from '../../demo/accounting.ts';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { createReader } from '../../demo/reader.ts';
import { notify } from './command-line.ts';
import { until } from './until.ts';

type Send = { seq: number; channel: 'sms' | 'email'; body: string; subject: string | null };
type Mail = { attachments: { name: string; contentType: string; contentInBase64: string }[] };

const APPOINTMENT = ['--appointment', '4711', '--phone', '+491704412346', '--country', 'DE'];
const MAILBOX = ['--email', 'anna.berg@mail.example'];
const SECRET = ['--service', 'Zzspecialty', '--staff', 'Zzdoctor', '--online'];

describe('an appointment, from its events to the outbox', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'appointments-'));
  let cloud: LaptopCloud;

  beforeAll(async () => {
    cloud = await startLaptopCloud({
      folder,
      ports: FREE_PORTS,
      settings: { LIMITS: 'short', QUIET_HOURS: 'none' },
      scenario: { reports: { delay: { sms: [0.1, 0.3], email: [0.1, 0.3] } } },
    });
    const reader = createReader(cloud);
    for (const [index, type] of ['appointment.booked', 'appointment.rescheduled', 'appointment.cancelled'].entries()) {
      const { code, output } = await notify(cloud, 'publish', type, ...APPOINTMENT, ...MAILBOX, ...SECRET, '--yes');
      if (code !== 0 || !output.includes(`Sent ${type} to appointment-events.`)) throw new Error(output);
      await until(async () => {
        const { deliveries } = await reader.figures();
        return deliveries.length === 2 * (index + 1) && deliveries.every(isOver);
      });
    }
  }, 90_000);
  afterAll(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async <Body>(path: string): Promise<Body> =>
    (await (await fetch(`${cloud.addresses['communication-services']}/control/${path}`)).json()) as Body;

  const sendsBy = async (channel: Send['channel']) =>
    (await get<{ items: Send[] }>('sends')).items.filter((send) => send.channel === channel);

  async function entries() {
    const mails = await sendsBy('email');
    return Promise.all(
      mails.map(async ({ seq }) => {
        const [attachment] = (await get<{ mail: Mail }>(`sends/${seq}`)).mail.attachments;
        const text = Buffer.from(attachment!.contentInBase64, 'base64').toString();
        const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
        const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent')!);
        return { method: calendar.getFirstPropertyValue('method'), event, type: attachment!.contentType };
      }),
    );
  }

  it('puts an entry into the calendar, moves it and takes it out', async () => {
    const [booked, rescheduled, cancelled] = await entries();
    expect([booked, rescheduled, cancelled].map((entry) => entry?.method)).toEqual(['REQUEST', 'REQUEST', 'CANCEL']);
    expect(cancelled!.type).toContain('method=CANCEL');
    const sequences = [booked, rescheduled, cancelled].map((entry) => entry!.event.sequence);
    expect(sequences).toEqual([0, 1, 2]);
    expect(new Set([booked, rescheduled, cancelled].map((entry) => entry!.event.uid)).size).toBe(1);
    expect(rescheduled!.event.startDate.compare(booked!.event.startDate)).toBe(1);
  });

  it('names the specialty and the person in mails alone', async () => {
    const texts = await sendsBy('sms');
    expect(texts).toHaveLength(3);
    expect(JSON.stringify(texts)).not.toMatch(/Zzspecialty|Zzdoctor/);
    expect((await sendsBy('email')).map(({ body }) => body).join()).toMatch(/Zzspecialty[^]*Zzdoctor/);
  });

  it('shows its deliveries, and its join link only with the addresses', async () => {
    const { output } = await notify(cloud, 'show', 'appointment:4711');
    expect(output).toContain('appointment-cancelled');
    expect(output).not.toMatch(/\/join|Zzspecialty|anna\.berg@/);
    expect((await notify(cloud, 'show', 'appointment:4711', '--reveal')).output).toContain('/join');
  });

  it('leaves its join link and what it is out of the logs', () => {
    const log = readFileSync(join(folder, 'logs', 'functions-host.log'), 'utf8');
    expect(log).toContain('appointment.booked');
    expect(log).not.toMatch(/\/join|Zzspecialty|Zzdoctor/);
  });
});
