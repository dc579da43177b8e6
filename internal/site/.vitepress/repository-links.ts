import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { MarkdownRenderer } from "vitepress";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Turns links to files of the repository that are no pages, such as sources and the license, into plain text.
 * @throws Error for a link to a file that does not exist.
 */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const page: string = resolve(root, env.relativePath ?? "");
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const [, path] = /^((?![a-z]+:|#|\/).[^#]*)/.exec(String(token.attrGet("href") ?? "")) ?? [];
      if (token.type !== "link_open" || path === undefined || path.endsWith(".md")) continue;
      if (!existsSync(resolve(dirname(page), decodeURI(path)))) throw new Error(`${page}: dead link ${path}`);
      token.attrs = null;
    }
  });
}
