import { describe, expect, it } from "@jest/globals";
import { allCases, toHtml } from "../../src/conformance/index.js";
import { report } from "../../src/conformance/report.js";
import { everything } from "./report.js";

const html = toHtml(everything);

describe("HTML", () => {
  it("has level and counts, failures, then the cases by family", () => {
    const headings = [...html.matchAll(/<(h\d|summary)>(.*?)<\/\1>/g)].map(([, , text]) => text);
    expect(headings).toEqual([
      "Conformance of A &lt;b&gt;| backend",
      "Failed",
      "<code>own/&lt;script&gt;|#1</code>",
      "Newer than the edition asked for",
      "<code>own/newer</code>",
      "Known to fail",
      "<code>own/known</code>",
      "Cases",
      "ls <small>1 passed, 0 failed, 3 in all</small>",
      "own <small>0 passed, 1 failed, 4 in all</small>",
      "model <small>0 passed, 0 failed, 1 in all</small>",
    ]);
    expect(html).toContain("edition 0.1; level: protocol; faithful needs more: 1 failed.</p>");
    expect(html).toContain('<div class="failed"><dt>failed</dt><dd>1</dd></div>');
  });

  it("escapes foreign text", () => {
    expect(html).toContain(
      '<tr class="failed"><th scope="row"><code>own/&lt;script&gt;|#1</code></th>' +
        "<td><code>a|b</code> and &lt;b&gt; stay | what *they* are.</td><td>concurrent</td><td>ours</td><td>failed</td></tr>",
    );
    expect(html).toContain(
      "<pre>own\n  got  &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\n\n  ```js\\u001b[31m ...</pre>",
    );
    expect(html).not.toMatch(/<script|<b>/);
  });

  it("is self-contained: no script, no image, no font, no link", () => {
    expect(html).not.toMatch(/\b(src|href|url|import|on\w+)\s*[=(:]/);
    expect(html).toContain("default-src 'none'");
  });

  it("closes every element", () => {
    const all = allCases.map((one) => ({ case: one, status: "failed" as const, reason: one.rule }));
    for (const text of [html, toHtml(report("<all>", all)), toHtml(report("part", everything.passed))]) {
      const open: string[] = [];
      for (const [, slash, name] of text.matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
        if (slash) expect(open.pop()).toBe(name);
        else if (name !== "meta") open.push(name!);
      }
      expect(open).toEqual([]);
    }
  });
});
