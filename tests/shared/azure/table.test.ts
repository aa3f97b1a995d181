import { inspect } from 'node:util';
import { type HttpClient, type PipelineRequest, RestError, createHttpHeaders } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { tableClient } from '../../../shared/azure/identity.ts';
import { TableLimitError } from '../../../shared/azure/table-limits.ts';
import { TableError, openTable } from '../../../shared/azure/table.ts';

type Answer = { status: number; code?: string; headers?: Record<string, string>; body?: string } | Error;

const CONNECTION = {
  connectionString:
    'DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0c2VjcmV0;EndpointSuffix=core.windows.net',
};
const ENTITY = { partitionKey: 'secret-partition', rowKey: 'secret-row', text: 'secret-text' };

/** A table whose service gives these answers in turn, the last one again and again. */
function tableThatAnswers(...answers: Answer[]) {
  const requests: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const answer = answers[Math.min(requests.length, answers.length - 1)]!;
      requests.push(request);
      if (answer instanceof Error) throw answer;
      const { status, code, headers = {}, body } = answer;
      return {
        request,
        status,
        headers: createHttpHeaders({ 'content-type': 'application/json', ...headers }),
        bodyAsText:
          body ?? (code ? JSON.stringify({ 'odata.error': { code, message: { value: 'secret-text' } } }) : ''),
      };
    },
  };
  return { table: openTable(tableClient(CONNECTION, 'Deliveries', { httpClient })), requests };
}

const reset = new RestError('read ECONNRESET secret-row', { code: 'ECONNRESET' });

describe('a table that answers with a fault', () => {
  it.each<[string, Answer]>([
    ['503', { status: 503, code: 'ServerBusy', headers: { 'retry-after': '3600' } }],
    ['500', { status: 500, code: 'OperationTimedOut' }],
    ['429', { status: 429, headers: { 'retry-after-ms': '3600000' } }],
    ['a cut connection', reset],
  ])('is asked three times on %s, whatever Retry-After says', async (_, answer) => {
    const { table, requests } = tableThatAnswers(answer);
    await expect(table.get('p', 'r')).rejects.toThrow(TableError);
    expect(requests).toHaveLength(3);
  });

  it('is asked once when it lets a request time out', async () => {
    const { table, requests } = tableThatAnswers(Object.assign(new Error('secret-row'), { name: 'AbortError' }));
    await expect(table.put(ENTITY)).rejects.toThrow('Deliveries: cannot write a row: TimedOut');
    expect(requests).toHaveLength(1);
  });

  it('gives the answer of a later try', async () => {
    const { table, requests } = tableThatAnswers(reset, { status: 204, headers: { etag: 'W/"2"' } });
    expect(await table.merge(ENTITY, 'W/"1"')).toBe('W/"2"');
    expect(requests).toHaveLength(2);
  });

  it.each<[number, string]>([
    [400, 'InvalidInput'],
    [403, 'AuthenticationFailed'],
    [404, 'TableNotFound'],
    [409, 'TableBeingDeleted'],
  ])('is asked once on %i %s, and says so', async (status, code) => {
    const faulty = () => tableThatAnswers({ status, code });
    const { table, requests } = faulty();
    await expect(table.get('p', 'r')).rejects.toThrow(`Deliveries: cannot read a row: ${status} ${code}`);
    expect(requests).toHaveLength(1);
    await expect(faulty().table.insert(ENTITY)).rejects.toMatchObject({ status, code });
    await expect(faulty().table.merge(ENTITY, 'e')).rejects.toMatchObject({ status, code });
    await expect(faulty().table.transact([{ entity: ENTITY }])).rejects.toMatchObject({ status });
  });

  it.each<Answer>([
    { status: 403, code: 'AuthenticationFailed' },
    { status: 400, code: 'InvalidInput' },
    new Error('secret-row'),
  ])('keeps keys, values and settings out of its errors (%#)', async (answer) => {
    const { table } = tableThatAnswers(answer);
    const faults = await Promise.all(
      [
        () => table.get(ENTITY.partitionKey, ENTITY.rowKey),
        () => table.put(ENTITY),
        () => table.mergeAll([ENTITY]),
        () => table.transact([{ entity: ENTITY }]),
      ].map((run) => run().catch((error: unknown) => error)),
    );
    for (const fault of faults) {
      expect(fault).toBeInstanceOf(TableError);
      expect(inspect(fault)).not.toMatch(/secret-|c2VjcmV0/);
    }
  });

  it('sends nothing that the real service would refuse', async () => {
    const { table, requests } = tableThatAnswers({ status: 204 });
    const tooLong = { ...ENTITY, text: 'x'.repeat(40_000) };
    await expect(table.insert(tooLong)).rejects.toThrow(TableLimitError);
    await expect(table.put(tooLong)).rejects.toThrow(TableLimitError);
    await expect(table.merge(tooLong, 'e')).rejects.toThrow(TableLimitError);
    await expect(table.mergeAll([ENTITY, tooLong])).rejects.toThrow(TableLimitError);
    await expect(table.transact([{ entity: tooLong }])).rejects.toThrow(TableLimitError);
    expect(requests).toEqual([]);
  });
});
