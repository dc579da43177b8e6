import { callOption, functionFault } from "../support/caller-functions.js";
import { describeValue } from "../support/describe-value.js";

/**
 * Root of all paths of a backend, as a list of components: `["acme", "bob@example.org"]`. A component is any
 * well-formed, non-empty string. A function is called for each operation, so it can read the current run's user from
 * LangGraph's `getConfig()`; if it throws, the operation answers with an error.
 */
export type Namespace = readonly string[] | (() => readonly string[]);

const EXAMPLE = `an array of strings such as ["acme", "bob@example.org"]`;

/** Subject of an error message: the option itself, or the result of its function. */
const GIVEN = "the namespace";
const RETURNED = "the result of the namespace function";

/** Encodes a component. Lossless: `%` itself is encoded, so distinct components stay distinct. */
function encodeComponent(component: unknown, place: string): string {
  if (typeof component !== "string" || component === "" || !component.isWellFormed()) {
    throw functionFault(
      "namespace",
      `${place} is ${describeValue(component)}; every component must be a non-empty, well-formed string.`,
    );
  }
  if (component === "." || component === "..") return component.replaceAll(".", "%2E");
  return component.replace(
    /[%/\u0000-\u001f\u007f]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function encodeComponents(components: unknown, subject: string): string {
  if (!Array.isArray(components)) {
    throw functionFault(
      "namespace",
      `${subject.replace("t", "T")} must be ${EXAMPLE}, not ${describeValue(components)}.`,
    );
  }
  const place = (i: number) => `Component ${i + 1} of ${components.length} in ${subject}`;
  // Array.from visits the holes of a sparse array, which map() would skip.
  return Array.from(components, (component, i) => `${encodeComponent(component, place(i))}/`).join("");
}

/**
 * Returns a function that resolves the current root key: empty, or ending in `/`.
 *
 * Namespaces are hierarchical: `["acme"]` contains `["acme", "bob"]`, and two namespaces share files only if one is a
 * prefix of the other.
 * @throws RemoteBackendError `invalid-options`: immediately for an array; on each call for a function that throws, is
 *   async, or returns no components (which would expose the root to an unidentified tenant).
 */
export function resolveNamespace(namespace: Namespace | undefined): () => string {
  if (namespace === undefined) return () => "";
  if (typeof namespace !== "function") {
    const root = encodeComponents(namespace, GIVEN);
    return () => root;
  }
  return () => {
    const root = encodeComponents(callOption("namespace", namespace), RETURNED);
    if (root === "") {
      throw functionFault("namespace", "The namespace function returned no component.");
    }
    return root;
  };
}
