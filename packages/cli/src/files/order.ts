export { compareCodePoints as byCodePoints } from "@deepagents-remote/core/adapter";
