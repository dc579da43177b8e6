import { check } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { hostOf } from "./agent.js";
import { call, tells } from "./calls.js";

const skill = (name: string, description: string): string =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\n# ${name}\n\nSay grüezi.\n`;

/** Tests skills and memories, which deepagents loads into the system prompt before the first turn. */
export const skillCases: readonly ConformanceCase[] = [
  {
    id: "host/skills/loaded",
    rule: "The skills of a directory are in the model's prompt, with paths at which it can read them.",
    source: "tools",
    async run(t) {
      await t.write("/skills/greeting/SKILL.md", skill("greeting", "How to greet somebody."));
      await t.write("/skills/parting/SKILL.md", skill("parting", "How to part from somebody."));
      await t.write("/skills/parting/words.md", "Adieu.\n");
      await t.write("/skills/README.md", "No skill.\n");
      const path = t.at("/skills/greeting/SKILL.md");
      const { system, answers } = await (await hostOf(t)).run([[call.read(path)]], {
        skills: [t.at("/skills/")],
      });
      tells("system prompt", system, "greeting", "How to greet somebody.", path);
      tells("system prompt", system, "parting", "How to part from somebody.");
      tells("read_file", answers[0]?.[0], "Say grüezi.");
    },
  },
  {
    id: "host/skills/sources",
    rule: "Skills are loaded from a source without a slash at its end, also when another source does not exist.",
    source: "tools",
    async run(t) {
      await t.write("/skills/greeting/SKILL.md", skill("greeting", "How to greet somebody."));
      const sources = [t.at("/missing/"), t.at("/skills")];
      const { system } = await (await hostOf(t)).run([], { skills: sources });
      tells("system prompt", system, "How to greet somebody.");
    },
  },
  {
    id: "host/memory/loaded",
    rule: "Existing memory files are in the model's prompt, unchanged; a missing one does no harm.",
    source: "tools",
    async run(t) {
      await t.write("/AGENTS.md", "Answer in Züritüütsch. 🏔\n");
      const { system } = await (await hostOf(t)).run([], {
        memory: [t.at("/missing/AGENTS.md"), t.at("/AGENTS.md")],
      });
      tells("system prompt", system, t.at("/AGENTS.md"), "Answer in Züritüütsch. 🏔\n");
      check(!system.includes("/missing/"), "system prompt", "nothing of a file that is missing", system);
    },
  },
  {
    id: "host/memory/learned",
    rule: "An agent's additions to its memory are in the prompt of the next agent.",
    source: "tools",
    async run(t) {
      const path = t.at("/AGENTS.md");
      await t.write("/AGENTS.md", "Known:\n");
      await (await hostOf(t)).run([[call.edit(path, "Known:\n", "Known:\n- her name is Anna\n")]], {
        memory: [path],
      });
      const { system } = await (await hostOf(t)).run([], { memory: [path] });
      tells("system prompt", system, "Known:\n- her name is Anna\n");
    },
  },
];
