import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import { IconButton } from "./button.tsx";
import type { Notice } from "./toasts.ts";

const manager = Toast.createToastManager();
/** What is added before someone draws it would be lost. */
const drawn = Promise.withResolvers<void>();

export async function show({ title, description, timeout, action }: Notice): Promise<void> {
  await drawn.promise;
  manager.add({
    title,
    ...(description !== undefined && { description }),
    ...(timeout !== undefined && { timeout }),
    ...(action && { actionProps: { children: action.label, onClick: action.onSelect } }),
  });
}

function ToastLayer() {
  useEffect(() => drawn.resolve(), []);
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col-reverse gap-2 sm:left-auto sm:w-84">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection="right"
      className="pointer-events-auto rounded-lg border border-line bg-surface shadow-popup transition-[opacity,translate] duration-200 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-3 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-2 p-3 pl-4">
        <div className="min-w-0 flex-1 py-0.5">
          <Toast.Title className="font-medium break-words" />
          <Toast.Description className="text-sm break-words text-muted" />
        </div>
        <Toast.Action className="h-7 shrink-0 rounded-md px-2 text-sm font-medium text-accent-ink hover:bg-hover" />
        <Toast.Close render={<IconButton icon={X} label="Dismiss" size="sm" />} />
      </Toast.Content>
    </Toast.Root>
  ));
}

/** Beside the app, in a root of its own: pages that say nothing have none. */
const place = document.createElement("div");
document.body.append(place);
createRoot(place).render(<ToastLayer />);
