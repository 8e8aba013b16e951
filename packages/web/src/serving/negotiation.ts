/** Whether the client names HTML, as browsers do and curl does not. */
export function namesHtml(request: Request): boolean {
  return accepts(request.headers.get("accept"), "text/html");
}

/** Whether the client accepts HTML, by its name or by a wildcard; without `Accept` it accepts everything. */
export function acceptsHtml(request: Request): boolean {
  const accepted = request.headers.get("accept") ?? "*/*";
  const isRefused = itemsOf(accepted).some((item) => item.name === "text/html" && item.isRefused);
  return !isRefused && ["text/html", "text/*", "*/*"].some((type) => accepts(accepted, type));
}

/** @returns the best encoding that the client accepts; undefined for none */
export function encodingFor(request: Request): "br" | "gzip" | undefined {
  const accepted = request.headers.get("accept-encoding");
  if (accepts(accepted, "br")) return "br";
  return accepts(accepted, "gzip") ? "gzip" : undefined;
}

/** Whether a list such as `text/html, br;q=0.5` names a value (RFC 9110, 12.4), wildcards aside. */
function accepts(list: string | null, value: string): boolean {
  return itemsOf(list ?? "").some((item) => item.name === value && !item.isRefused);
}

function itemsOf(list: string): { readonly name: string; readonly isRefused: boolean }[] {
  return list.split(",").map((item) => {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    return { name, isRefused: parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) };
  });
}
