/** Whether the client accepts HTML, as browsers do and curl does not. */
export function wantsHtml(request: Request): boolean {
  return accepts(request.headers.get("accept"), "text/html");
}

/** @returns the best encoding that the client accepts; undefined for none */
export function encodingFor(request: Request): "br" | "gzip" | undefined {
  const accepted = request.headers.get("accept-encoding");
  if (accepts(accepted, "br")) return "br";
  return accepts(accepted, "gzip") ? "gzip" : undefined;
}

/** Whether a list such as `text/html, br;q=0.5` names a value (RFC 9110, 12.4), wildcards aside. */
function accepts(list: string | null, value: string): boolean {
  return (list ?? "").split(",").some((item) => {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    return name === value && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
