import { afterAll, describe, expect, it } from "@jest/globals";
import { subjects } from "../src/subjects.js";

afterAll(async () => {
  for (const subject of Object.values(subjects)) await subject.close?.();
});

/** Makes a subject's backend for a case of this name. */
async function host(subject: (typeof subjects)[string], name: string) {
  const made = await subject.create({ name, namespace: [name] });
  return "backend" in made ? made : { backend: made };
}

describe.each(Object.entries(subjects))("%s", (short, subject) => {
  // Below the name of the case, which is all that a subject without a root of its own has.
  const at = (name: string) => `/${name}/a.txt`;

  it("names an installed package", () => {
    expect(subject.package).not.toBe("");
    expect(subject.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("keeps written files until the case ends, for other instances too", async () => {
    const name = `${short}-kept`;
    const { backend, open, close } = await host(subject, name);
    await backend.write(at(name), "one\n");
    const other = (await open?.()) ?? backend;
    const [answer] = (await other.downloadFiles?.([at(name)])) ?? [];
    expect(new TextDecoder().decode(answer?.content ?? undefined)).toBe("one\n");
    await close?.();
  });

  it("gives each case its own root", async () => {
    const [one, two] = [await host(subject, `${short}-one`), await host(subject, `${short}-two`)];
    await one.backend.write(at(`${short}-one`), "one\n");
    const [answer] = (await two.backend.downloadFiles?.([at(`${short}-one`)])) ?? [];
    expect(answer?.error).toBe("file_not_found");
    await one.close?.();
    await two.close?.();
  });
});
