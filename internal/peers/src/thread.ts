import { AsyncResource } from "node:async_hooks";
import { END, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { filesValue } from "deepagents";

/** Run of a graph that is paused inside its only node. */
export interface Thread {
  /** Wraps an object so that its methods are called from inside the node. */
  inside<T extends object>(target: T): T;
  /** Lets the node, and thus the graph, finish. */
  close(): Promise<void>;
}

/**
 * Starts a graph with the files of Deep Agents in its state, and waits in its node. LangGraph finds the running task,
 * whose state a backend reads and updates, by the asynchronous context of the call, which is preserved here.
 */
export async function openThread(): Promise<Thread> {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let ended: Promise<unknown> = Promise.resolve();
  const node = await new Promise<AsyncResource>((resolve, reject) => {
    const graph = new StateGraph(new StateSchema({ files: filesValue }))
      .addNode("calls", async () => {
        resolve(new AsyncResource("calls"));
        await left;
        return {};
      })
      .addEdge(START, "calls")
      .addEdge("calls", END)
      .compile();
    ended = graph.invoke({});
    ended.catch(reject);
  });
  return {
    inside: (target) =>
      new Proxy(target, {
        get(object, key) {
          const value: unknown = Reflect.get(object, key, object);
          if (typeof value !== "function") return value;
          return (...parameters: unknown[]) =>
            node.runInAsyncScope(() => Reflect.apply(value, object, parameters));
        },
      }),
    async close() {
      leave();
      await ended;
    },
  };
}
