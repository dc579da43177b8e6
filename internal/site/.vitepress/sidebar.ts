import { posix } from "node:path";
import type { DefaultTheme } from "vitepress";

/**
 * Reads the sidebar from the table of contents in `docs/README.md`: a line in bold begins a group, and each link to a page
 * is an item of it.
 */
export function sidebarOf(contents: string): DefaultTheme.SidebarItem[] {
  const groups: (DefaultTheme.SidebarItem & { items: DefaultTheme.SidebarItem[] })[] = [];
  for (const line of contents.split("\n")) {
    const [, title] = /^\*\*(.+)\*\*$/.exec(line) ?? [];
    if (title !== undefined) groups.push({ text: title, items: [] });
    for (const [, text = "", page = ""] of line.matchAll(/\[([^\]]+)\]\(([^)#]+\.md)\)/g)) {
      groups.at(-1)?.items.push({ text, link: posix.join("/docs", page.replace(/\.md$/, "")) });
    }
  }
  return groups;
}
