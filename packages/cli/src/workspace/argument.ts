/** Forms of a workspace in an argument. */
const FORMS = [/^postgres(ql)?:\/\//i, /^s3:\/\//i, /^file:/i, /^@[^/]+$/, /^\.{1,2}\/.*\.(m|c)?[jt]s$/];

/** True if an argument names a workspace: a URL, a module (`./x.mjs`, `file:`), or `@name` of the configuration. */
export const isWorkspace = (argument: string): boolean => FORMS.some((form) => form.test(argument));
