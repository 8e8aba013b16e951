import { FIXED_LIMITS } from "../limits.ts";
import { Problem } from "./problem.ts";

/** Parses the JSON body of a request. @param types the media types that it accepts @throws {Problem} */
export async function readJson(request: Request, types: readonly string[]): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!types.includes(type)) {
    throw new Problem(415, "not_json", `The content-type is to be ${types.join(" or ")}.`, {
      headers: { accept: types.join(", ") },
    });
  }
  const bytes = await request.arrayBuffer();
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, "malformed", "The body is not JSON in UTF-8.");
  }
}

/** Reads the body of a request, within its limits of size and time. @throws {Problem} */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  // A small content-length is not trusted: the bytes are counted as well.
  if (Number(request.headers.get("content-length") ?? 0) > FIXED_LIMITS.body) throw tooLarge();
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(
      new Problem(408, "too_slow", `The body did not come within ${FIXED_LIMITS.bodyMs / 1000} s.`),
    );
  }, FIXED_LIMITS.bodyMs);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { value, done } = await Promise.race([reader.read(), late.promise]);
      if (done) break;
      length += value.length;
      if (length > FIXED_LIMITS.body) throw tooLarge();
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error instanceof Problem ? error : new Problem(400, "malformed", "The body did not come whole.");
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Problem {
  return new Problem(413, "too_large", `A body has at most ${FIXED_LIMITS.body} bytes.`);
}
