import type { ChannelSwitch, ChannelSwitches } from '../switches.ts';
import { columnsOf, shortened } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

const PARTITION = 'channel';

/** Table `SenderCalendars`, partition `channel`: one row per channel that somebody has switched. */
export function channelSwitchesIn(table: Table): ChannelSwitches {
  return {
    async read(channel) {
      const entity = await table.get(PARTITION, channel);
      return entity && toSwitch(entity);
    },
    put: async ({ channel, canaries, why, ...columns }) => {
      await table.put({
        partitionKey: PARTITION,
        rowKey: channel,
        ...columns,
        canaries: JSON.stringify(canaries),
        why: shortened(why),
      });
    },
  };
}

function toSwitch(entity: StoredEntity): ChannelSwitch {
  const { text, flag, instant, json } = columnsOf(entity);
  return {
    channel: entity.rowKey as ChannelSwitch['channel'],
    off: flag('off'),
    canaries: json('canaries') as string[],
    by: text('by'),
    at: instant('at'),
    why: text('why'),
  };
}
