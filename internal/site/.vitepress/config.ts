import { readFileSync } from "node:fs";
import { type DefaultTheme, defineConfig } from "vitepress";
import { repositoryLinks } from "./repository-links.js";
import { sidebarOf } from "./sidebar.js";

const read = (path: string) => readFileSync(new URL(`../pages/${path}`, import.meta.url), "utf8");

/** Pages keep their paths in the repository, so that the links between them work there and here. */
export default defineConfig({
  title: "Deep Agents Remote Backends",
  description: "Files of LangChain Deep Agents in S3 and PostgreSQL.",
  srcDir: "pages",
  outDir: "dist",
  cacheDir: "node_modules/.cache/vitepress",
  rewrites: { "README.md": "index.md" },
  // Angle brackets in the pages are text, not elements of Vue.
  markdown: { html: false, config: repositoryLinks },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Guide", link: "/docs/getting-started" },
      { text: "API", link: "/api/" },
    ],
    outline: [2, 3],
    sidebar: {
      "/api/": JSON.parse(read("api/typedoc-sidebar.json")) as DefaultTheme.SidebarItem[],
      "/": sidebarOf(read("docs/README.md")),
    },
  },
});
