import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Without figures of an earlier run the small files come last, and some of those wait for minutes: nothing else would run by then. */
export default class CloudsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const { clouds = [], others = [] } = Object.groupBy(sorted, ({ moduleId }) =>
      moduleId.includes('/tests/end-to-end/') ? 'clouds' : 'others',
    );
    return [...clouds, ...others];
  }
}
