import type { Mutant } from "../mutant.js";
import { textOf, utf8 } from "../mutant.js";

/** Defects of `edit`. */
export const editingMutants: readonly Mutant[] = [
  {
    defect: "an update is lost between reading and writing",
    caughtBy: "races/edit/no-update-is-lost",
    breaks: (backend) => ({
      edit: async (path, from, to) => {
        const text = (await textOf(backend, path)) ?? "";
        await backend.uploadFiles([[path, utf8(text.replace(from, () => to))]]);
        return { path, filesUpdate: null, occurrences: 1 };
      },
    }),
  },
  {
    defect: "an edit brings back a file that was deleted meanwhile",
    caughtBy: "races/delete/edits-do-not-bring-back",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const text = await textOf(backend, path);
        const answer = await backend.edit(path, from, to, all);
        if (text !== undefined && answer.error)
          await backend.write(
            path,
            text.replace(from, () => to),
          );
        return answer;
      },
    }),
  },
  {
    defect: "the loser of two edits gets a conflict",
    caughtBy: "races/edit/different-places-both-succeed",
    breaks(backend) {
      const busy = new Set<string>();
      return {
        edit: async (path, ...rest) => {
          if (busy.has(path)) return { error: "Error: The file has been changed, try again" };
          busy.add(path);
          const answer = await backend.edit(path, ...rest);
          busy.delete(path);
          return answer;
        },
      };
    },
  },
  {
    defect: "an edit is refused on a stale copy",
    caughtBy: "edit/stale/refusal-is-confirmed",
    breaks(backend) {
      const seen = new Map<string, string>();
      return {
        read: async (path, ...rest) => {
          const answer = await backend.read(path, ...rest);
          seen.set(path, String(answer.content));
          return answer;
        },
        edit: async (path, from, ...rest) =>
          seen.get(path)?.includes(from) === false
            ? { error: `Error: String not found in file: '${from}'` }
            : backend.edit(path, from, ...rest),
      };
    },
  },
  {
    defect: "`$&` in the new text is interpreted",
    caughtBy: "edit/literal/new-ampersand",
    breaks: (backend) => ({
      edit: (path, from, to, all) => backend.edit(path, from, from === "" ? to : from.replace(from, to), all),
    }),
  },
  {
    defect: "occurrences are counted overlapping",
    caughtBy: "edit/single/overlapping-is-not-ambiguous",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const text = (await textOf(backend, path)) ?? "";
        let count = 0;
        for (let at = text.indexOf(from); at >= 0 && from; at = text.indexOf(from, at + 1)) count += 1;
        if (count > 1 && !all) return { error: `Error: multiple occurrences (appears ${count} times)` };
        return { ...(await backend.edit(path, from, to, all)), occurrences: count };
      },
    }),
  },
  {
    defect: "without `replaceAll` the first of several occurrences is replaced",
    caughtBy: "edit/single/ambiguous-is-refused",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const text = (await textOf(backend, path)) ?? "";
        if (all || text.split(from).length < 3) return backend.edit(path, from, to, all);
        return backend.edit(
          path,
          text,
          text.replace(from, () => to),
        );
      },
    }),
  },
  {
    defect: "CRLF is flattened by an edit",
    caughtBy: "edit/keeps/crlf",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        await backend.edit(path, "\r\n", "\n", true);
        return backend.edit(path, from, to, all);
      },
    }),
  },
  {
    defect: "Unicode forms of the text to find are unified",
    caughtBy: "edit/exact/unicode-forms-differ",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const text = await textOf(backend, path);
        if (text) await backend.edit(path, text, text.normalize("NFC"));
        return backend.edit(path, from, to, all);
      },
    }),
  },
  {
    defect: "an edit is counted nowhere",
    caughtBy: "edit/answer/shape",
    breaks: (backend) => ({
      edit: async (...args) => {
        const { occurrences: _, ...answer } = await backend.edit(...args);
        return answer;
      },
    }),
  },
  {
    defect: "an edit resets `created_at`",
    caughtBy: "read-raw/times/edit-keeps-creation",
    breaks: (backend) => ({
      edit: async (path, ...rest) => {
        const answer = await backend.edit(path, ...rest);
        await backend.uploadFiles([[path, utf8((await textOf(backend, path)) ?? "")]]);
        return answer;
      },
    }),
  },
  {
    defect: "a binary file is edited",
    caughtBy: "edit/binary/refused",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const content = (await backend.readRaw(path)).data?.content;
        if (typeof content === "string" || content === undefined) return backend.edit(path, from, to, all);
        const text = Buffer.from(content as Uint8Array).toString("latin1");
        await backend.uploadFiles([
          [
            path,
            Buffer.from(
              text.replace(from, () => to),
              "latin1",
            ),
          ],
        ]);
        return { path, filesUpdate: null, occurrences: 1 };
      },
    }),
  },
  {
    defect: "an edit of a missing file makes it",
    caughtBy: "edit/missing/empty-old-creates-nothing",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const answer = await backend.edit(path, from, to, all);
        return answer.error && from === "" ? backend.write(path, to) : answer;
      },
    }),
  },
  {
    defect: "half of a pair is found inside of a whole one",
    caughtBy: "edit/text/half-of-a-pair",
    breaks: (backend) => ({
      edit: async (path, from, to, all) => {
        const text = (await textOf(backend, path)) ?? "";
        if (from.isWellFormed() || !text.includes(from)) return backend.edit(path, from, to, all);
        await backend.uploadFiles([[path, utf8(text.replace(from, () => to))]]);
        return { path, filesUpdate: null, occurrences: 1 };
      },
    }),
  },
];
