/** An object with some of its methods replaced; private fields of the others keep working. */
export const replacing = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, {
    get(_, key) {
      if (Object.hasOwn(methods, key)) return (methods as Record<PropertyKey, unknown>)[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
