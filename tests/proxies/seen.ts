/** `before`: it is asked for, and not done. `after`: it is done, and nobody is told. */
export type Moment = 'before' | 'after';

export type SeenRequest = {
  service: 'tables' | 'communication-services';
  method: string;
  path: string;
  body: string;
};

/** Messages that are sent, handed out or settled, and on which entity. */
export type SeenMessages = {
  service: 'service-bus';
  does: 'send' | 'receive' | 'settle';
  entity: string;
  count: number;
};

export type Seen = SeenRequest | SeenMessages;

/** What a proxy asks of all that goes through it, also of what it does not look at: whether to let it through. */
export type Passes = (seen: Seen | undefined, moment: Moment) => boolean;
