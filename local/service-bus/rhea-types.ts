import type { Socket } from 'node:net';

import type { TypedValue } from './amqp-values.ts';

/** The part of rhea 3.0.5 that this folder uses, most of it missing from rhea's own types. */

export interface RheaDelivery {
  readonly id: number;
  readonly tag: Buffer;
  readonly link: RheaLink;
  settled: boolean;
  remote_settled: boolean;
}

export interface RheaLink {
  readonly name: string;
  readonly session: RheaSession;
  readonly source: { address?: string; filter?: Record<string, unknown>; value: unknown } | null;
  readonly target: { address?: string; value: unknown } | null;
  readonly properties: Record<string, unknown> | undefined;
  readonly snd_settle_mode: number | undefined;
  readonly rcv_settle_mode: number | undefined;
  readonly state: { open_requests: number };
  readonly local: { attach: Record<string, unknown> };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  set_source(fields: object): void;
  set_target(fields: object): void;
  close(error?: object): void;
  is_open(): boolean;
  send(payload: Buffer, tag: Buffer, format: number): RheaDelivery;
  on(event: string, handler: (context: RheaContext) => void): void;
  _draining: boolean;
  _get_drain(): boolean;
  _process(): void;
}

export interface RheaSession {
  readonly connection: RheaConnection;
  readonly outgoing: {
    readonly deliveries: { by_id(id: number): RheaDelivery | undefined };
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    on_disposition(fields: DispositionFields): void;
  };
  readonly incoming: {
    on_transfer(frame: { performative: { message_format?: number | null } }, receiver: RheaLink): void;
  };
  is_open(): boolean;
  output(frame: object): void;
}

export interface DispositionFields {
  readonly first: number;
  readonly last: number | null | undefined;
  readonly settled: boolean | null | undefined;
  readonly state: TypedValue | null | undefined;
}

export interface RheaContext {
  readonly session: RheaSession;
  readonly receiver: RheaLink;
  readonly sender: RheaLink;
  readonly message: Buffer;
  readonly delivery: RheaDelivery;
  readonly format: number;
}

export interface RheaConnection {
  accept(socket: Socket): void;
  on(event: string, handler: (context: RheaContext) => void): void;
  is_open(): boolean;
  close(error?: object): void;
  /** Without arguments: an empty frame. */
  _write_frame(): void;
  _register(): void;
}

export interface RheaContainer {
  create_connection(options: object): RheaConnection;
}
