import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { StoreBackend } from "deepagents";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";

/** Promises of StoreBackend on any store. */
export const capabilities: NonNullable<PeerSubject["capabilities"]> = {
  ownRoot: true,
  fileAndDirectory: true,
  exactText: true,
  positions: true,
  globSyntax: true,
};

/** Namespaces with characters that StoreBackend's documentation allows. */
export const ALLOWED_NAMESPACES = [
  "isolation/namespace/colon",
  "isolation/namespace/dot",
  "isolation/namespace/e-mail",
];

const store = new InMemoryStore();

export const storeMemory: PeerSubject = {
  name: "StoreBackend on InMemoryStore",
  ...installed("deepagents"),
  capabilities,
  trial: { capabilities: { namespaces: true }, only: ALLOWED_NAMESPACES },
  create({ namespace }) {
    const open = () => new StoreBackend({ store, namespace: [...namespace] });
    return { backend: open(), open };
  },
};
