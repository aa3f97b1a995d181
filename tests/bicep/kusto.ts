import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

type List<Item> = { Count: number; getItem(index: number): Item };
type Named = { WithName(name: string): Named };
type Globals = { WithDatabase(database: unknown): Globals };
/** The part of the Kusto language service that is used here; it makes a global when it is loaded. */
type Language = {
  GlobalState: { Default: Globals };
  KustoCode: {
    ParseAndAnalyze(query: string, globals: Globals): { GetDiagnostics(): List<{ Severity: string; Message: string }> };
  };
  Symbols: {
    TableSymbol: { From(schema: string): Named };
    DatabaseSymbol: { $ctor1: new (name: string, tables: readonly Named[]) => unknown };
  };
};

const { GlobalState, KustoCode, Symbols } = (globalThis as unknown as { Kusto: { Language: Language } }).Kusto.Language;

/** A checker of queries against these tables: what is wrong with one, in the words of the language service. */
export function kustoChecker(tables: Readonly<Record<string, string>>): (query: string) => string[] {
  const symbols = Object.entries(tables).map(([name, columns]) =>
    Symbols.TableSymbol.From(`(${columns})`).WithName(name),
  );
  const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('logs', symbols));
  return (query) => {
    const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
    return Array.from({ length: found.Count }, (_, index) => found.getItem(index)).map(
      ({ Severity, Message }) => `${Severity}: ${Message}`,
    );
  };
}
