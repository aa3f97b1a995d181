import { LIMITS } from '../../shared/limits.ts';
import { remindersOf } from '../../shared/reminder-offsets.ts';
import type { Delivery } from '../../shared/delivery.ts';
import { INTAKE_SETTINGS } from '../shared/order-event.ts';
import { waitsForPerson } from './given-up.ts';
import type { Published } from './publications.ts';
import { begins, takesPlace, versionsOf } from './superseding.ts';
import type { World } from './violations.ts';

const { freshRead } = LIMITS.real;
const SLACK = 500;

/**
 * For every offset of the final time one reminder on each channel, none for a visit that is over, and none that was
 * claimed after intake had acknowledged that it begins at another time.
 */
export function reminderViolations(world: World): string[] {
  const rows = [...world.fakes.deliveries.rows.values()].filter(({ plan }) => plan.reminder);
  const bySubject = Map.groupBy(rows, ({ plan }) => plan.subject);
  const subjects = new Set(world.published.flatMap(({ event }) => (event?.version ? [event.subject] : [])));
  return [...subjects].flatMap((subject) => {
    const reminders = bySubject.get(subject) ?? [];
    return [...missing(subject, reminders, world), ...wrong(subject, reminders, world)];
  });
}

/** Those that were due after the newest version had arrived. */
function missing(subject: string, rows: readonly Delivery[], world: World): string[] {
  const final = versionsOf(subject, world).at(-1);
  const arrived = world.fakes.subjects.taken.find(({ id }) => id === final?.id)?.arrived;
  if (!final || !arrived || !takesPlace(final) || waitsForPerson(world, final)) return [];
  const channels = channelsOf(final, world);
  return dueOf(final).flatMap(({ offset, due }) => {
    if (due <= arrived) return [];
    const found = rows.filter(
      ({ plan }) => plan.reminder?.offset === offset && begins(final, plan.reminder.start.getTime()),
    );
    const isSkipped = ({ progress }: Delivery): boolean => progress.status === 'skipped';
    const toBeTold = found.filter((row) => !isSkipped(row)).map(({ plan }) => plan);
    const told = toBeTold.map(({ channel }) => channel).sort();
    const name = `${subject}: reminder ${offset}`;
    const isKnown = takenAt(final, world) <= due.getTime() - SLACK;
    const lines = toBeTold.some(({ eventId }) => isKnown && eventId !== final.id)
      ? [`${name} has the words of an older version`]
      : [];
    if (String(told) === String(channels)) return lines;
    const skipped = found.filter(isSkipped).map(({ plan }) => plan.channel);
    return [
      ...lines,
      `${name} is told to ${told.join(', ') || 'nobody'}, skipped for ${skipped.join(', ') || 'nobody'}`,
    ];
  });
}

const takenAt = ({ id }: Published, { journal }: World): number => journal.taken.get(id) ?? Infinity;

const dueOf = ({ version }: Published) =>
  remindersOf(
    { start: new Date(version!.start), timeZone: 'Europe/Vienna', reminders: version!.reminders },
    INTAKE_SETTINGS.reminderSettings,
  );

const channelsOf = ({ id }: Published, { fakes }: World): string[] => {
  const event = fakes.subjects.taken.find((taken) => taken.id === id);
  return (event?.deliveries ?? []).map((delivery) => fakes.deliveries.rows.get(delivery)?.plan.channel ?? '?').sort();
};

/**
 * Calls made while nothing that had arrived could be the newest that begins then: something newer had been acknowledged
 * for longer than a claim may be old.
 */
function wrong(subject: string, rows: readonly Delivery[], world: World): string[] {
  const versions = versionsOf(subject, world);
  const arrived = ({ id }: Published): number =>
    world.fakes.subjects.taken.find((event) => event.id === id)?.arrived.getTime() ?? Infinity;
  const isOldAt = (version: Published, at: number): boolean =>
    versions.some((newer) => newer.version!.revision > version.version!.revision && takenAt(newer, world) <= at);
  return rows.flatMap(({ plan }) => {
    const start = plan.reminder!.start.getTime();
    const isWrong = world.calls.some(
      ({ delivery, sent }) =>
        delivery === plan.id &&
        !versions.some(
          (version) =>
            begins(version, start) && arrived(version) <= sent && !isOldAt(version, sent - freshRead - SLACK),
        ),
    );
    return isWrong ? [`${subject}: reminded of a start that was known not to hold`] : [];
  });
}
