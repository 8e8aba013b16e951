import type { Token, Tokens } from "marked";
import { memo, type ReactNode } from "react";
import { classNames } from "../design/index.ts";
import { CodeBlock } from "./code-block.tsx";
import { readMarkdown, safeAddress } from "./markdown.ts";

/** A few emoji and nothing else. */
const EMOJI_ALONE = /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\u200D|[\u{1F3FB}-\u{1F3FF}]|\s){1,12}$/u;

/** About 80 characters of running text, which are narrower than the digit that `ch` measures. */
const LINE = "max-w-[62ch]";

/** The text of a message with the supported Markdown; everything else is plain text. */
export const MessageText = memo(function MessageText({ text }: { readonly text: string }) {
  if (text.trim() === "") return <p className="text-muted italic">blank message</p>;
  if (EMOJI_ALONE.test(text)) return <p className="text-[1.75rem] leading-9">{text}</p>;
  const tokens = readMarkdown(text);
  if (tokens === undefined)
    return (
      <p
        dir="auto"
        className={classNames(LINE, "break-words whitespace-pre-wrap [tab-size:4] [unicode-bidi:plaintext]")}
      >
        {text}
      </p>
    );
  return <div className="flex flex-col gap-1.5 break-words">{keyed(tokens, directed)}</div>;
});

/** A block in the direction of its text. `dir` stands on the outermost element alone: it ignores what has one of its own. */
function directed(token: Token): ReactNode {
  const content = block(token);
  if (content === null) return null;
  const isWide = token.type === "code" || token.type === "table";
  return (
    <div dir="auto" className={isWide ? "min-w-0" : LINE}>
      {content}
    </div>
  );
}

function blocks(tokens: readonly Token[]): ReactNode {
  return keyed(tokens, block);
}

function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
      return null;
    case "code":
      return <CodeBlock text={textOf(token)} language={"lang" in token ? String(token.lang ?? "") : ""} />;
    case "blockquote":
      return (
        <blockquote className="flex flex-col gap-1.5 border-line border-s-3 ps-3 text-muted">
          {blocks(token.tokens ?? [])}
        </blockquote>
      );
    case "list":
      return isList(token) ? <List list={token} /> : raw(token);
    case "heading":
      return isHeading(token) ? <Heading heading={token} /> : raw(token);
    case "table":
      return isTable(token) ? <Table table={token} /> : raw(token);
    case "paragraph":
    case "text":
      return (
        <p className="whitespace-pre-wrap [tab-size:4] [unicode-bidi:plaintext]">
          {token.tokens ? inlines(token.tokens) : textOf(token)}
        </p>
      );
    default:
      return raw(token);
  }
}

function List({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
    <li key={index} className="whitespace-pre-wrap [tab-size:4]">
      {item.task && <span>{item.checked === true ? "☑ " : "☐ "}</span>}
      {keyed(
        item.tokens.filter(({ type }) => type !== "checkbox"),
        (token) => (token.type === "text" ? inlines(token.tokens ?? [token]) : block(token)),
      )}
    </li>
  ));
  return list.ordered ? (
    <ol start={list.start || 1} className="list-decimal ps-6">
      {items}
    </ol>
  ) : (
    <ul className="list-disc ps-5">{items}</ul>
  );
}

/** All levels are one level of the page: a message is no chapter of it. */
function Heading({ heading: { depth, tokens } }: { readonly heading: Tokens.Heading }) {
  return (
    <h2
      className={classNames(
        "font-semibold [unicode-bidi:plaintext]",
        depth === 1 ? "text-xl" : depth === 2 && "text-lg",
      )}
    >
      {inlines(tokens)}
    </h2>
  );
}

function Table({ table: { header, rows } }: { readonly table: Tokens.Table }) {
  const cells = (row: readonly Tokens.TableCell[], Cell: "th" | "td") =>
    row.map(({ tokens, align }, index) => (
      <Cell
        // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
        key={index}
        {...(Cell === "th" && { scope: "col" })}
        className={classNames(
          "border border-line px-2 py-1 [unicode-bidi:plaintext]",
          Cell === "th" && "bg-sunken font-semibold",
          align === "right" ? "text-end" : align === "center" ? "text-center" : "text-start",
        )}
      >
        {inlines(tokens)}
      </Cell>
    ));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard.
    <div tabIndex={0} className="max-h-96 overflow-auto">
      <table className="border-collapse">
        <thead>
          <tr>{cells(header, "th")}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
            <tr key={index}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlines(tokens: readonly Token[]): ReactNode {
  return keyed(tokens, inline);
}

function inline(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong className="font-semibold">{inlines(token.tokens ?? [])}</strong>;
    case "em":
      return <em>{inlines(token.tokens ?? [])}</em>;
    case "del":
      return <del>{inlines(token.tokens ?? [])}</del>;
    case "codespan":
      return (
        <code className="rounded-sm bg-hover px-1 py-0.5 font-mono text-sm whitespace-break-spaces">
          {textOf(token)}
        </code>
      );
    case "br":
      return (
        <>
          <br />
          {/* A list indents its lines by itself. */}
          <span className="in-[li]:hidden">{token.raw.slice(token.raw.indexOf("\n") + 1)}</span>
        </>
      );
    case "link":
      return <Link token={token} />;
    case "escape":
    case "text":
      return token.type === "text" && token.tokens ? inlines(token.tokens) : textOf(token);
    default:
      return raw(token);
  }
}

function Link({ token }: { readonly token: Token }) {
  const address = "href" in token ? safeAddress(String(token.href)) : undefined;
  if (address === undefined) return raw(token);
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      className="underline decoration-1 underline-offset-2 [overflow-wrap:anywhere]"
    >
      {inlines("tokens" in token ? (token.tokens ?? []) : [])}
    </a>
  );
}

function keyed(tokens: readonly Token[], show: (token: Token) => ReactNode): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
  return tokens.map((token, index) => <Shown key={index}>{show(token)}</Shown>);
}

function Shown({ children }: { readonly children: ReactNode }) {
  return children;
}

const isHeading = (token: Token): token is Tokens.Heading => token.type === "heading" && "depth" in token;
const isTable = (token: Token): token is Tokens.Table => token.type === "table" && "rows" in token;
const isList = (token: Token): token is Tokens.List => token.type === "list" && "items" in token;
const textOf = (token: Token) => ("text" in token ? String(token.text) : token.raw);
const raw = (token: Token) => token.raw;
