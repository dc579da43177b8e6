import { existsSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { read, root } from "./pages.js";

/** The relative links and images of a page that lead nowhere. */
export function deadLinks(page: string): string[] {
  const links = withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !exists(page, link))
    .map((link) => `${page}: ${link}`);
}

function exists(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : posix.join(dirname(page), path);
  const file = join(root, target);
  if (!existsSync(file)) return false;
  return anchor === undefined || (statSync(file).isFile() && anchorsOf(target).has(anchor));
}

/** Anchors of the headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(read(page)).matchAll(/^#+ (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let name = anchor;
    for (let n = 1; anchors.has(name); n++) name = `${anchor}-${n}`;
    anchors.add(name);
  }
  return anchors;
}

const withoutCode = (text: string): string => text.replace(/^( *)```[\s\S]*?^\1```/gm, "");
