/** The parameters of the template, as azd fills them in, and as the files of the stages name them. */
export type ParametersFile = { parameters: Readonly<Record<string, { value: unknown }>> };

const VARIABLE = /^\$\{(\w+)\}$/;

const variableOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? VARIABLE.exec(value)?.[1] : undefined;

/** What azd makes of `main.parameters.json`: a variable that is not set leaves its parameter to the template. */
export function filledIn(
  { parameters }: ParametersFile,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, { value: unknown }> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { value }]) => {
      const set = environment[variableOf(value) ?? ''];
      return set === undefined ? [] : [[name, { value: typed(set) }]];
    }),
  );
}

/** Lists, numbers and true or false are written as JSON in a variable. */
function typed(text: string): unknown {
  if (!/^(\[|\{|true$|false$|\d+$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
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
