/** Style of the HTML report: the reader's color scheme, light or dark, and any width. */
export const STYLE = `
:root { color-scheme: light dark; --bad: #b3261e; --good: #146c2e; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --bad: #ffb4ab; --good: #7ddc92; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 75rem; margin: 0 auto; padding: 1rem; }
dl { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.passed dd, tr.passed td:last-child { color: var(--good); }
.failed dd, tr.failed td:last-child { color: var(--bad); font-weight: bold; }
details { border-top: 1px solid var(--line); padding: 0.5rem 0; }
summary { cursor: pointer; font-weight: bold; }
small { font-weight: normal; }
pre { border-left: 0.25rem solid var(--bad); padding-left: 1rem; white-space: pre-wrap; }
code, pre { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
th { font-weight: normal; }
thead th { font-weight: bold; }
`;
