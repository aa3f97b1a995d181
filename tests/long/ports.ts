import { randomInt } from 'node:crypto';
import type { Ports } from '../../demo/laptop-cloud.ts';

/** Where systems begin to take ports for outgoing connections; one that a killed host has left could be taken there. */
const OUTGOING = 32_768;
const ROOM = 12_000;
const PARTS = 4;

/** Ports for a cloud of which parts are killed while others run beside it. */
export function portsOfItsOwn(): Ports {
  const first = OUTGOING - ROOM + PARTS * randomInt(ROOM / PARTS);
  return {
    tables: first,
    'service-bus': first + 1,
    'communication-services': first + 2,
    'functions-host': first + 3,
  };
}
