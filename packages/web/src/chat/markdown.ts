import { Lexer, type Token, Tokenizer } from "marked";

/** Characters. Longer texts are shown as they are. */
const LONGEST = 8_000;
/** Levels of nesting, past which marks are plain text. */
const DEEPEST = 6;

/** No underlined headings, rules, definitions, images or HTML: they stay plain text. */
class ChatTokenizer extends Tokenizer {
  #depth = 0;

  override lheading() {
    return undefined;
  }

  override hr() {
    return undefined;
  }

  override def() {
    return undefined;
  }

  override html() {
    return undefined;
  }

  override tag() {
    return undefined;
  }

  override reflink() {
    return undefined;
  }

  /** Indented text is not code; code is fenced. */
  override code() {
    return undefined;
  }

  override blockquote(src: string) {
    return this.#within(() => super.blockquote(src));
  }

  override list(src: string) {
    return this.#within(() => super.list(src));
  }

  override link(src: string) {
    return this.#within(() => super.link(src));
  }

  override emStrong(src: string, masked: string, before?: string) {
    return this.#within(() => super.emStrong(src, masked, before));
  }

  override del(src: string, masked: string, before?: string) {
    return this.#within(() => super.del(src, masked, before));
  }

  #within<T>(work: () => T): T | undefined {
    if (this.#depth >= DEEPEST) return undefined;
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
    }
  }
}

/** What a text says, as marked's tokens; undefined where it is to be shown as it is. */
export function readMarkdown(text: string): readonly Token[] | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    return new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(text);
  } catch {
    return undefined;
  }
}

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address of a link that may be followed; undefined for all others. */
export function safeAddress(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return SCHEMES.has(url.protocol) ? url.href : undefined;
}
