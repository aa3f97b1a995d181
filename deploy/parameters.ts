/** The parameters of the template, as azd fills them in, and as the files of the stages name them. */
export type ParametersFile = { parameters: Readonly<Record<string, { value: unknown }>> };
export type Parameters = Readonly<Record<string, { value: unknown }>>;

const VARIABLE = /^\$\{(\w+)\}$/;

const variableOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? VARIABLE.exec(value)?.[1] : undefined;

/**
 * What azd makes of `main.parameters.json`: a variable that is not set leaves its parameter to the template.
 * @param template the text of main.bicep: what a variable is read as follows from the type of its parameter
 */
export function filledIn(
  { parameters }: ParametersFile,
  environment: Readonly<Record<string, string | undefined>>,
  template: string,
): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { value }]) => {
      const set = environment[variableOf(value) ?? ''];
      if (set === undefined) return [];
      const isText = new RegExp(`^param ${name} string( |$)`, 'm').test(template);
      // An empty variable is no list and no number.
      if (!isText && set === '') return [];
      return [[name, { value: isText ? set : (JSON.parse(set) as unknown) }]];
    }),
  );
}

/** The variables to set so that azd deploys what the file of a stage says; the name of the environment stays azd's. */
export function variablesOf(main: ParametersFile, stage: ParametersFile): Map<string, string> {
  return new Map(
    Object.entries(stage.parameters).flatMap(([name, { value }]) => {
      const variable = variableOf(main.parameters[name]?.value);
      if (!variable || variable === 'AZURE_ENV_NAME') return [];
      return [[variable, typeof value === 'string' ? value : JSON.stringify(value)] as const];
    }),
  );
}
