import { entriesOf } from './amqp-values.ts';
import type { RawEntry, TypedValue } from './amqp-values.ts';

/** How a client settles a delivery (AMQP 1.0 §3.4), the values of its maps still encoded. */
export type Outcome =
  | { readonly kind: 'accepted' | 'released' }
  | { readonly kind: 'modified'; readonly undeliverableHere: boolean; readonly annotations: readonly RawEntry[] }
  | { readonly kind: 'rejected'; readonly info: readonly RawEntry[] };

/** Undefined for a state that is no outcome. */
export function outcomeOf(state: TypedValue | null | undefined): Outcome | undefined {
  const fields = Array.isArray(state?.value) ? (state.value as TypedValue[]) : [];
  switch (state?.descriptor?.value) {
    case 0x24:
    case 'amqp:accepted:list':
      return { kind: 'accepted' };
    case 0x26:
    case 'amqp:released:list':
      return { kind: 'released' };
    case 0x27:
    case 'amqp:modified:list':
      return { kind: 'modified', undeliverableHere: fields[1]?.value === true, annotations: entriesOf(fields[2]) };
    case 0x25:
    case 'amqp:rejected:list': {
      const error = Array.isArray(fields[0]?.value) ? (fields[0].value as TypedValue[]) : [];
      return { kind: 'rejected', info: entriesOf(error[2]) };
    }
    default:
      return undefined;
  }
}
