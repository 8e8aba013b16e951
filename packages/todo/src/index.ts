export { busy, type FieldError } from "./http/problem.ts";
export { DEFAULT_TODO_LIMITS, FIXED_LIMITS, TODO_LIMITS, type TodoLimits } from "./limits.ts";
export type { TodoServiceOptions } from "./local-service.ts";
export type { Notification, Publish } from "./relay.ts";
export { isTodoRequest, openTodoService, type TodoService } from "./service.ts";
export { type DatabaseAddress, IN_MEMORY } from "./store/database.ts";
export { NewerSchema } from "./store/newer-schema.ts";
export { OutOfSpace, Unavailable } from "./store/unavailable.ts";
export type { Author, ChangeData, ChangeType, Todo, TodoList } from "./todo.ts";
