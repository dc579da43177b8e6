import { join } from "node:path";
import ts from "typescript";
import type { PublishedPackage } from "./packages.js";

/** Names that an entry point exports, by its declaration file. */
export interface DeclaredNames {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/**
 * Reads the built declaration file of an entry point.
 * @param entry As users import it, such as `@deepagents-remote/core/adapter`.
 */
export function declaredNames(published: PublishedPackage, entry: string): DeclaredNames {
  const subpath = `.${entry.slice(published.manifest.name.length)}`;
  const conditions = published.manifest.exports[subpath] as { import: { types: string } };
  const file = join(published.folder, conditions.import.types);
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is missing or no module; run \`npm run build\`.`);
  const names = { values: [] as string[], types: [] as string[] };
  for (const symbol of checker.getExportsOfModule(module)) {
    const isValue = isExportedAsValue(checker, symbol);
    names[isValue ? "values" : "types"].push(symbol.name);
  }
  return { values: names.values.sort(), types: names.types.sort() };
}

function isExportedAsValue(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  if (symbol.declarations?.some((each) => ts.isExportSpecifier(each) && isTypeOnly(each))) return false;
  const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (original.flags & ts.SymbolFlags.Value) !== 0;
}

const isTypeOnly = (specifier: ts.ExportSpecifier): boolean =>
  specifier.isTypeOnly || specifier.parent.parent.isTypeOnly;
