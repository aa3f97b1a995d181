import { describe, expect, it } from 'vitest';
import { agree, defineCommand } from '../../commands/command.ts';
import { TableError } from '../../shared/azure/table.ts';
import { fakeWorld } from './world.ts';

describe('agree', () => {
  const doing = 'Puts 3 dead letters back.';

  it('goes on when somebody says yes, and not when somebody says no', async () => {
    for (const answer of [true, false]) {
      const { world, asked } = fakeWorld({ answer });
      expect(await agree(world, {}, doing)).toBe(answer);
      expect(asked).toEqual(['Go on?']);
    }
  });

  it('asks nobody when it may, or when it is a dry run', async () => {
    const { world, asked } = fakeWorld({ answer: false });
    expect(await agree(world, { yes: true }, doing)).toBe(true);
    expect(await agree(world, { dryRun: true }, doing)).toBe(false);
    expect(await agree(world, { dryRun: true, yes: true }, doing)).toBe(false);
    expect(asked).toEqual([]);
  });

  it('asks for a change on this machine, too', async () => {
    const { world, asked } = fakeWorld({ answer: false, onThisMachine: true });
    expect(await agree(world, {}, doing)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('refuses when there is nobody to ask', async () => {
    await expect(agree(fakeWorld().world, {}, doing)).rejects.toMatchObject({ exitCode: 2, message: /--yes/ });
  });
});

describe('defineCommand', () => {
  it.each(['reads', 'changes', 'destroys'] as const)('says in its help that it %s', (effect) => {
    const { world } = fakeWorld();
    const help = defineCommand(world, { name: 'x', effect, about: 'Does x.', examples: ['x 7'] }).helpInformation();
    expect(help).toMatch({ reads: /Reads only/, changes: /Changes something/, destroys: /Destroys something/ }[effect]);
    expect(help.includes('--dry-run') && help.includes('--yes')).toBe(effect !== 'reads');
  });
});

describe('notify', () => {
  it('ends with 2 when it is used in a wrong way, and says how', async () => {
    const { notify } = fakeWorld();
    expect(await notify('shwo', 'order:7')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean show?'),
    });
    expect(await notify('failures', '--sicne', '2h')).toMatchObject({ code: 2 });
    expect(await notify('failures', '--since', 'noon')).toMatchObject({ code: 2 });
    expect((await notify()).code).toBe(2);
  });

  it('has help for every command, with its effect and examples', async () => {
    const { notify } = fakeWorld();
    const { code, out } = await notify('--help');
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name!).filter((name) => name !== 'help');
    expect(names).toEqual(
      expect.arrayContaining(['status', 'failures', 'show', 'rejected', 'dead-letters', 'suppressions', 'publish']),
    );
    for (const name of names) {
      const help = await notify(name, '--help');
      expect(help.code).toBe(0);
      expect(help.out).toMatch(/(Reads\s+only|Changes\s+something|Destroys\s+something)/);
      expect(help.out).toContain(`npm run notify -- ${name}`);
    }
  });

  it('says in one line that the tables are away', async () => {
    const world = fakeWorld();
    world.subjects.find = () => Promise.reject(new TableError('Subjects: cannot read rows', { code: 'ECONNREFUSED' }));
    const { code, out, err } = await world.notify('show', 'order:7');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Cannot use the tables \(Subjects: cannot read rows: ECONNREFUSED\)\. Start .*Tables\.\n$/);
  });

  it('lets a fault of its own be seen', async () => {
    const world = fakeWorld();
    world.subjects.find = () => Promise.reject(new TypeError('a bug'));
    await expect(world.notify('show', 'order:7')).rejects.toThrow('a bug');
  });
});
